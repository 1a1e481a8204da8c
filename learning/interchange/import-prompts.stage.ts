import { File, stage } from "assay"
import { Schema } from "effect"
import { Prompts } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"
import { OptionalColumn, Splits, TestFraction } from "./table-columns.ts"

/**
 * Prompts from a file or a folder of yours, each once: `importPrompts({ file:
 * file("questions.csv"), columns: { prompt: "question", split: "set" } })`. Parquet, Arrow, JSON
 * Lines, JSON, CSV, TSV, or plain text with a prompt a line. A cell may also be a conversation,
 * which is written out as HH-RLHF does it, up to `Assistant:`. White space at the end is cut off,
 * because responses bring theirs. Without a split column, the names of files tell the split, else a
 * hash draws it, so that no training prompt begins with a test prompt. Prints how many rows were
 * left out, repeated, or cut. Fails with a StageError: `MalformedFile` (details: `file`, `row`,
 * `field`), also for a prompt that is in both splits, or `NoPrompts` where none is left. Holds all
 * prompts in memory.
 */
export const importPrompts = stage({
  name: "import-prompts",
  inputs: { file: File },
  parameters: {
    /** Which columns are meant. Of plain text a line is a prompt, whatever its name. */
    columns: withDefault(Schema.Struct({ prompt: withDefault(Schema.NonEmptyString, "prompt"), split: OptionalColumn }), {}),
    /**
     * What the values of the split column, or splits that files are named for, stand for; null
     * leaves their rows out. `train`, `validation`, `test` and the like are known.
     */
    splits: Splits,
    /** Which part is for testing where nothing else says so. */
    testFraction: TestFraction,
  },
  outputs: { prompts: Prompts },
  run: () => import("./import-prompts.ts"),
})
