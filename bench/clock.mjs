/**
 * Milliseconds of processor time this process has used, for what is synchronous and waits for nothing. A busy
 * machine then takes turns with the process without being measured; the collector's threads do count.
 */
export function processorTime_ms() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
