/**
 * Milliseconds of the machine's clock. Taken before anything can replace it: what a user's stage
 * and its packages see may be another.
 */
export const realTimeMs: () => number = performance.now.bind(performance)
