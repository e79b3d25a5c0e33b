export const reportOf = (report) => JSON.stringify(report.samples, undefined, 1);
