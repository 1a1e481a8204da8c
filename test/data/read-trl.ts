import { importPreferences, type TrlPreference } from "../../data/interchange/index.ts"
import { openFile } from "../../data/open-file.ts"

/** The pairs of a file in one of TRL's forms, as the import reads them. */
export const readTrl = async (path: string): Promise<ReadonlyArray<TrlPreference>> => {
  const pairs: Array<TrlPreference> = []
  const source = await openFile(path)
  try {
    for await (const { rows } of importPreferences(source, "trl"))
      for (const { prompt, chosen, rejected } of rows) pairs.push({ prompt, chosen, rejected })
  } finally {
    await source.close()
  }
  return pairs
}
