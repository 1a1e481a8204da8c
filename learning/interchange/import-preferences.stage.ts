import { File, stage } from "assay"
import { Schema } from "effect"
import { type FormatName, formatNames } from "../../data/interchange/formats/index.ts"
import { formOf } from "../../data/interchange/mapping.ts"
import { Preferences } from "../artifacts.ts"
import { withDefault } from "../parameter.ts"
import { Mapping } from "./mapping.ts"

/**
 * Preferences from a foreign file (Parquet, Arrow, JSON Lines, JSON or CSV), or a folder of them:
 * `importPreferences({ file: file("pairs.jsonl"), format: "trl" })`. `format` is one of the public
 * formats, see Formats; a file in none of them is described by a `mapping` instead. Rankings give a
 * pair for each two responses, records of one response are paired with others to the same prompt,
 * and of several annotators the majority decides: `p_chosen` is then their share, and `annotators`
 * their number. Prints how many columns, records and responses were left out and why, and how many
 * pairs are ties, contradict their scores, or have an empty or repeated prompt; its result keeps
 * that, and `assay show` repeats it. Conversations are written out as HH-RLHF does it, `\n\nHuman:
 * …\n\nAssistant: …`; no chat template is applied. Lists of token ids are empty, since a policy has
 * its own tokenizer. Fails with a StageError `MalformedFile` whose details name `file`, `row` (a
 * line from 1; of Parquet, Arrow and a list in JSON a row from 0) and `field`, and whose message
 * says which formats fit; and where nothing is left.
 */
export const importPreferences = stage({
  name: "import-preferences",
  inputs: { file: File },
  parameters: {
    /** Whose file it is. */
    format: withDefault(Schema.NullOr(Schema.Literals(formatNames as ReadonlyArray<FormatName>)), null),
    /** How its records are read, instead of `format`; see Mapping. */
    mapping: withDefault(Schema.NullOr(Mapping), null),
  },
  outputs: { preferences: Preferences },
  refuses: ({ format, mapping }) => {
    if (format !== null && mapping !== null) return `"format" and "mapping" are both given: expected one of them`
    if (mapping === null)
      return format === null ? `"format" is missing: name a public format, or describe the file by "mapping"` : undefined
    const form = formOf(mapping)
    return typeof form === "string" ? `"mapping" ${form}` : undefined
  },
  run: () => import("./import-preferences.ts"),
})
