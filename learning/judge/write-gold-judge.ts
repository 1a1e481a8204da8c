import { writeJudge } from "./write-judge.ts"

export const run = (context: Parameters<typeof writeJudge>[0]): Promise<void> => writeJudge(context, "gold")
