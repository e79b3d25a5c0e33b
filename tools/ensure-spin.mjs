// The model of the lease protocol is searched by Spin, which writes a C program for each question.
import { ensureProgram } from './ensure-program.mjs';

ensureProgram({ program: 'spin', aptPackage: 'spin' });
ensureProgram({ program: 'gcc', aptPackage: 'build-essential' });
