import { File, optional, stage } from "assay"
import { Schema } from "effect"
import { Prompts, Text } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"
import { Kind, OptionalColumn, Splits, TestFraction } from "./table-columns.ts"

/**
 * Text from a file or a folder of yours, to train a reference or a judge on: `importText({ file:
 * file("reviews.jsonl"), columns: { text: "body", kind: "category", split: "subset" } })`. Parquet,
 * Arrow, JSON Lines, JSON, CSV, TSV or plain text, of which each line is a passage. A cell may also
 * be a conversation, which is written out as HH-RLHF does it. Without a split column, the names of
 * files tell the split (`train-00000-of-00002.parquet`, `test.jsonl`), else a hash of the passage
 * draws it. With `prompts`, passages that begin with a test prompt are for testing, whatever their
 * file says, so that no reference learns them. Prints what was left out: columns, rows without
 * text, splits mapped to null. Fails with a StageError: `MalformedFile` (details: `file`, `row`,
 * `field`), or `NoText` where nothing is left.
 */
export const importText = stage({
  name: "import-text",
  inputs: { file: File, prompts: optional(Prompts) },
  parameters: {
    /** Which columns are meant. `text` is the passage; of plain text it needs no name. */
    columns: withDefault(
      Schema.Struct({ text: withDefault(Schema.NonEmptyString, "text"), kind: OptionalColumn, split: OptionalColumn }),
      {},
    ),
    /** What passages are called that have no kind of their own. */
    kind: Kind,
    /**
     * What the values of the split column, or splits that files are named for, stand for; null
     * leaves their rows out. `train`, `validation`, `test` and the like are known.
     */
    splits: Splits,
    /** Which part is for testing where nothing else says so. */
    testFraction: TestFraction,
    /** Of plain text: whether a passage is a line, or the lines up to a blank one. */
    passages: withDefault(Schema.Literals(["lines", "paragraphs"]), "lines"),
  },
  outputs: { text: Text },
  run: () => import("./import-text.ts"),
})
