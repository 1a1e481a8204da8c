import { type FilesInput, type FilesOutput, StageError } from "assay"
import { Option, Schema } from "effect"
import { json } from "../policy/files.ts"
import { LabelSets } from "./labels.ts"

/** The file that describes a judge, beside whatever its scorer reads. */
export const judgeFile = "judge.json"

/** What `judge.json` says. A stage that fits a judge may add how well it does. */
const Description = Schema.Struct({
  /** Whether it stands for the human, or for a model of the human. */
  judge: Schema.Literals(["gold", "proxy"]),
  /** The name of its scorer. */
  scorer: Schema.String,
  parameters: Schema.Record(Schema.String, Schema.Unknown),
  /** The folders that hold the artifacts of its inputs, by port. */
  inputs: Schema.Array(Schema.String),
  /** Of a proxy, the labels that it was fitted to, beside those of its members; null: not known. */
  labels: Schema.optionalKey(Schema.NullOr(LabelSets)),
})
export type JudgeDescription = typeof Description.Type

/** Writes `judge.json`; `facts` are for readers of the file alone. */
export const describeJudge = (
  output: FilesOutput,
  { judge, scorer, parameters = {}, inputs = [], labels }: Described,
  facts: Readonly<Record<string, unknown>> = {},
): Promise<void> =>
  output.write(judgeFile, json({ judge, scorer, parameters, inputs, ...(labels === undefined ? {} : { labels }), ...facts }))

type Described = Pick<JudgeDescription, "judge" | "scorer"> & {
  readonly [K in "parameters" | "inputs" | "labels"]?: JudgeDescription[K] | undefined
}

/** Reads `judge.json`. Throws a StageError `JudgeFiles` where it is missing or is not one. */
export const readDescription = async (input: FilesInput): Promise<JudgeDescription> => {
  if (!input.names.includes(judgeFile))
    throw new StageError(
      "JudgeFiles",
      `${judgeFile} was not found among ${input.names.join(", ")}: pass a judge, made by scorer() or by training`,
    )
  const text = new TextDecoder().decode(await input.read(judgeFile))
  const description = Option.getOrUndefined(decode(text))
  if (description === undefined)
    throw new StageError(
      "JudgeFiles",
      `${judgeFile} does not describe a judge: expected "judge", "scorer", "parameters" and "inputs". Pass a judge, made by scorer() or by training`,
    )
  return description
}

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Description))
