import { File, stage } from "assay"
import { Schema } from "effect"
import { Preferences } from "../artifacts.ts"

/**
 * Preferences from a foreign file (Parquet, Arrow, JSON Lines, JSON or CSV), or a folder of them:
 * `importPreferences({ file: file("pairs.jsonl"), format: "trl" })`. "trl": `chosen` and
 * `rejected`, text or conversations, with `prompt` beside them (explicit) or in them (implicit);
 * "hh-rlhf": Anthropic's dialogues; "tldr": OpenAI's comparisons of summaries;
 * "ultrafeedback-binarized". Texts without `prompt` must share a beginning, which is the prompt; a
 * file whose prompt has another name is refused. Prints how many columns were left out, and how
 * many pairs are ties, contradict their scores, or have an empty or repeated prompt; its result
 * keeps that, and `assay show` repeats it. Conversations are written out as HH-RLHF does it,
 * `\n\nHuman: …\n\nAssistant: …`; no chat template is applied. Lists of token ids are empty, since
 * a policy has its own tokenizer. Fails with a StageError `MalformedFile` whose details name
 * `file`, `row` (a line from 1; of Parquet, Arrow and a list in JSON a row from 0) and `field`.
 */
export const importPreferences = stage({
  name: "import-preferences",
  inputs: { file: File },
  parameters: {
    /** Whose file it is. */
    format: Schema.Literals(["trl", "hh-rlhf", "tldr", "ultrafeedback-binarized"]),
  },
  outputs: { preferences: Preferences },
  run: () => import("./import-preferences.ts"),
})
