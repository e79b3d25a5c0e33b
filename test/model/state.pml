/* What there is: a server, its replica, two clients, and what is under way between them. */

#define ACQUISITIONS 2 /* of each client */
#define CLOCK_END 3    /* where the server's clock, which only fences are made of, stands still */
#ifndef TTL
#define TTL 2 /* of a lease, in ticks */
#endif
#ifndef GRANT_TTL
#define GRANT_TTL TTL /* of a pushed grant until it is confirmed */
#endif
#ifndef SLOTS
#define SLOTS 3 /* messages that are under way at a time: two of the first client, one of the second */
#endif
#ifndef GRANTS
#define GRANTS 4 /* how many grants are numbered, where they are; a run with more is not looked at */
#endif

mtype = { asking, holding };
mtype = { acquire, renew, release, granted, renewed, queued, push };

/* A request, the answer it becomes, or a push. A slot with nothing in it is 0. */
typedef Message {
  mtype what;
  byte token;
  byte age;   /* since the client sent the request: what a deadline counts from */
  byte grant; /* which grant it is about; of "queued" the last one before it */
  bit acked;  /* a replica has it, too */
}

typedef Party {
  mtype phase; /* 0: wants nothing now */
  byte acquisitions;
  byte token;
  byte left;    /* of its belief, by its own clock */
  byte grant;
  byte writing; /* the grant in whose name a write is on its way */
  byte hope;    /* how long a pushed grant could be believed in: from the poll that was answered "queued" last */
  byte seen;    /* the last grant before that poll */
  Message sent[2];
}

typedef Server {
  byte token;
  byte left; /* 0: the lock is free */
  byte grant;
  byte counter; /* the last fence issued */
}

Party client[2];
Server primary;
#ifdef FAILOVER
Server replica; /* as the primary was some time ago */
bit failed_over;
#endif

#define free_slot(c) (client[c].sent[0].what == 0 || (SLOTS > c + 2 && client[c].sent[1].what == 0))
#define is_request(m) (m.what == acquire || m.what == renew || m.what == release)
#define believes(c) (client[c].phase == holding && client[c].left > 0)
