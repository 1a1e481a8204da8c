/** What is said when a command is interrupted: a verb may have better words. */
export const interruption = { message: "interrupted; finished stages are cached" }
