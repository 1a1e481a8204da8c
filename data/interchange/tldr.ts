import { type PreferenceFormat, preference, readOnePairEach } from "./preference.ts"
import { type ForeignRecord, has, isObject, required, spell, text } from "./record.ts"

/**
 * OpenAI's comparisons of summaries (Stiennon et al. 2020): `info` is the post, `summaries` are
 * two, `choice` is the index of the better. Posts become prompts as in that paper's appendix:
 * `SUBREDDIT: …`, `TITLE: …`, `POST: …`, `TL;DR:`; of a news article, `Article:` and its text.
 */
export const tldr: PreferenceFormat = {
  columns: ["info", "summaries", "choice"],
  needed: ["info", "summaries", "choice"],
  source: "human",
  open: () =>
    readOnePairEach((record) => {
      const summaries = required(record, "summaries")
      if (!Array.isArray(summaries) || summaries.length !== 2) throw record.fault("summaries", "is not a list of two summaries")
      const [first, second] = summaries.map((summary: unknown, index) => response(record, `summaries[${index}]`, summary)) as [
        string,
        string,
      ]
      const choice = required(record, "choice")
      if (choice !== 0 && choice !== 1) throw record.fault("choice", `is ${spell(choice)}; expected 0 or 1`)
      const prompt = promptOf(record)
      return choice === 0 ? preference(prompt, first, second) : preference(prompt, second, first)
    }),
}

/** A post or article as the prompt of its summary. */
export const promptOf = (record: ForeignRecord): string => {
  const info = required(record, "info")
  if (!isObject(info)) throw record.fault("info", `is ${spell(info)}; expected an object`)
  const of = (field: string): string => text(record, `info.${field}`, info[field])
  if (has({ ...record, fields: info }, "article")) return `Article:\n${of("article")}\n\nTL;DR:`
  return `SUBREDDIT: r/${of("subreddit")}\n\nTITLE: ${of("title")}\n\nPOST: ${of("post")}\n\nTL;DR:`
}

/** A summary with the space that stands in front of it. */
const response = (record: ForeignRecord, field: string, summary: unknown): string => {
  if (!isObject(summary)) throw record.fault(field, `is ${spell(summary)}; expected an object`)
  const written = text(record, `${field}.text`, summary.text)
  return /^\s/.test(written) ? written : ` ${written}`
}

/** Of a rated summary, the prompt and the response; the ratings stay where they are. */
export const tldrAxis = {
  columns: ["info", "summary"],
  fields: (record: ForeignRecord): ForeignRecord["fields"] => ({
    ...record.fields,
    prompt: promptOf(record),
    response: response(record, "summary", required(record, "summary")),
  }),
} as const
