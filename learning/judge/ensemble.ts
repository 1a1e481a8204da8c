import { type Run, StageError } from "assay"
import type { ensemble } from "./ensemble.stage.ts"
import { describeJudge } from "./judge-file.ts"
import { readWeights } from "./weights-file.ts"

export const run: Run<typeof ensemble> = async ({ inputs, outputs }) => {
  const fitted = inputs.weights === undefined ? undefined : await readWeights(inputs.weights)
  const names = inputs.members.map(({ path }) => path.join("."))
  const weights = inputs.members.map(({ input }, index) => {
    if (fitted === undefined) return 1 / names.length
    const member = fitted.members.find(({ name }) => name === names[index])
    if (member?.judge_key === input.digest && fitted.members.length === names.length) return member.weight
    const expected = fitted.members.map(({ name }) => name).join(", ")
    throw new StageError(
      "UnlikeMembers",
      `the weights were fitted to other judges, called ${expected}; the members are ${names.join(", ")}. Fit weights to these members`,
      { member: names[index] as string },
    )
  })
  for (const [index, { input }] of inputs.members.entries())
    for (const file of input.names) await outputs.judge.write(`members/${index}/${file}`, await input.read(file))
  // Where it is not known what the weights were fitted to, neither is it of the ensemble.
  const description = { judge: "proxy", scorer: "ensemble", parameters: { weights }, inputs: ["members"] } as const
  await describeJudge(
    outputs.judge,
    { ...description, labels: fitted === undefined ? undefined : (fitted.labels ?? null) },
    { members: names },
  )
}
