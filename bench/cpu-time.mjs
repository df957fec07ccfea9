// What benches measure by.

/** CPU time of this process so far, in ms: what others on the machine take is not in it. */
export const cpu_ms = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
