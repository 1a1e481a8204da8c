import { type Run, StageError } from "assay"
import { permutation } from "../../engine/random/philox.ts"
import type { splitByPrompt } from "./split-by-prompt.stage.ts"

export const run: Run<typeof splitByPrompt> = async ({ inputs, parameters: { fraction, seed }, outputs }) => {
  const rows = await inputs.preferences.read()
  const prompts = [...new Set(rows.map(({ prompt }) => prompt))]
  const count = Math.round(fraction * prompts.length)
  if (count === 0 || count === prompts.length)
    throw new StageError(
      "TooLittleData",
      `${fraction} of ${prompts.length} prompts are ${count}, and a part is empty: use more prompts or another \`fraction\``,
      { prompts: prompts.length },
    )
  const heldOut = new Set(Array.from(permutation(prompts.length, seed, "prompts held out").subarray(0, count), (index) => prompts[index]))
  await outputs.heldOut.append(rows.filter(({ prompt }) => heldOut.has(prompt)))
  await outputs.rest.append(rows.filter(({ prompt }) => !heldOut.has(prompt)))
}
