import type { FilesInput, FilesOutput } from "assay"
import { describeJudge, type JudgeDescription } from "./judge-file.ts"
import { type LabelSets, labelsParameter } from "./labels.ts"

interface ScorerStage {
  readonly name: string
  readonly inputs: Readonly<Record<string, FilesInput>>
  readonly parameters: JudgeDescription["parameters"]
  readonly outputs: { readonly judge: FilesOutput }
}

/**
 * What the stage of a scorer does: it writes `judge.json`, and the files of its inputs into a
 * folder for each port.
 */
export const writeJudge = async (
  { name, inputs, parameters: { [labelsParameter]: labels, ...parameters }, outputs }: ScorerStage,
  judge: JudgeDescription["judge"],
): Promise<void> => {
  for (const [port, input] of Object.entries(inputs))
    for (const file of input.names) await outputs.judge.write(`${port}/${file}`, await input.read(file))
  await describeJudge(outputs.judge, {
    judge,
    scorer: name,
    parameters,
    inputs: Object.keys(inputs),
    labels: labels as LabelSets | undefined,
  })
}
