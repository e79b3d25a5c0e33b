// Bugs that the simulation has to find. Each is an edit of the library's source: `find` is replaced by `put`.
export const plantedBugs = [];
