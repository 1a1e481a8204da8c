import { File, optional, stage } from "assay"
import { Schema } from "effect"
import { Demonstrations, Prompts, Text } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"
import { Kind, OptionalColumn, Splits, TestFraction } from "./table-columns.ts"

/**
 * Prompts and responses that people wrote, from a file or a folder of yours:
 * `importDemonstrations({ file: file("answers.csv"), columns: { prompt: "question", response:
 * "answer" } })`, or conversations that end with the response: `columns: { messages: "messages" }`.
 * Yields `demonstrations`, for `contrasts` and `goldenClassifier`, and the same passages as `text`,
 * for `sft`. A prompt loses the white space at its end, and a response begins with a space. Files,
 * splits, `prompts` and what is printed are those of `importText`. Fails with a StageError:
 * `MalformedFile` (details: `file`, `row`, `field`), or `NoText` where nothing is left.
 */
export const importDemonstrations = stage({
  name: "import-demonstrations",
  inputs: { file: File, prompts: optional(Prompts) },
  parameters: {
    /** Which columns are meant: `prompt` and `response`, or `messages`. */
    columns: withDefault(
      Schema.Struct({
        prompt: OptionalColumn,
        response: OptionalColumn,
        messages: OptionalColumn,
        kind: OptionalColumn,
        split: OptionalColumn,
      }),
      { prompt: "prompt", response: "response" },
    ),
    /** What passages are called that have no kind of their own. */
    kind: Kind,
    /**
     * What the values of the split column, or splits that files are named for, stand for; null
     * leaves their rows out. `train`, `validation`, `test` and the like are known.
     */
    splits: Splits,
    /** Which part is for testing where nothing else says so: a hash of the prompt draws it. */
    testFraction: TestFraction,
  },
  outputs: { text: Text, demonstrations: Demonstrations },
  run: () => import("./import-demonstrations.ts"),
})
