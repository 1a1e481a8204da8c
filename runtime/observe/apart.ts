/**
 * Texts in `room` characters each, such that those that differ still do, as far as that is
 * possible: ids of arms begin and end alike, so what all have in common is left out first (marked
 * …), at the beginning, then in between, then at the end. Texts that fit anyhow stay as they are.
 */
export const shortenApart = (texts: ReadonlyArray<string>, room: number): ReadonlyArray<string> => {
  const distinct = [...new Set(texts)]
  if (distinct.every((text) => lengthOf(text) <= room)) return texts
  const short = new Map(shortenDistinct(distinct, room).map((text, index) => [distinct[index], text]))
  return texts.map((text) => short.get(text) as string)
}

/** Of a text that is alone, the beginning. */
export const cutEnd = (text: string, room: number): string => {
  if (text.length <= room) return text
  // No more is taken apart than can be shown: a text may have millions of characters.
  const characters = [...text.slice(0, 2 * room + 2)]
  return characters.length <= room && text.length <= 2 * room + 2 ? text : `${characters.slice(0, Math.max(room - 1, 0)).join("")}…`
}

const shortenDistinct = (texts: ReadonlyArray<string>, room: number, depth = 0): ReadonlyArray<string> => {
  if (texts.length === 1) return texts.map((text) => cutEnd(text, room))
  const candidates = withoutCommon(texts.map(partsOf))
  const fitting = candidates.find((candidate) => candidate.every((text) => lengthOf(text) <= room))
  if (fitting !== undefined) return fitting
  const cut = (candidates.at(-1) ?? texts).map((text) => cutEnd(text, room))
  if (depth >= deepest) return cut
  // Those that look alike now differ further on: they are told apart among themselves.
  const groups = new Map<string, Array<number>>()
  for (const [index, text] of cut.entries()) groups.set(text, [...(groups.get(text) ?? []), index])
  const apart = [...cut]
  for (const group of groups.values()) {
    if (group.length < 2) continue
    const rest = afterCommonStart(group.map((index) => texts[index] as string))
    for (const [place, text] of shortenDistinct(rest, room, depth + 1).entries()) apart[group[place] as number] = text
  }
  return apart
}

/** How often groups that look alike are taken apart once more. */
const deepest = 3

/** Ends a part after a comma, a slash, a space, and a point that is not in a number. */
const partsOf = (text: string): ReadonlyArray<string> => text.split(/(?<=[,/\s])|(?<=\D\.)|(?<=\d\.)(?!\d)/)

/** The texts with less and less of what all of them have in common. */
const withoutCommon = (texts: ReadonlyArray<ReadonlyArray<string>>): ReadonlyArray<ReadonlyArray<string>> => {
  const [first = []] = texts
  const shortest = Math.min(...texts.map((parts) => parts.length))
  const same = (part: (parts: ReadonlyArray<string>) => string | undefined) => texts.every((parts) => part(parts) === part(first))
  let start = 0
  while (start < shortest - 1 && same((parts) => parts[start])) start += 1
  let end = 0
  while (end < shortest - start - 1 && same((parts) => parts.at(-1 - end))) end += 1
  const inside = (index: number, parts: ReadonlyArray<string>) => index >= start && index < parts.length - end
  const isAlike = texts.every((parts) => parts.length === first.length)
  const common = first.map((_, index) => isAlike && same((parts) => parts[index]))
  return [
    texts.map((parts) => marked(parts, (index) => index >= start)),
    texts.map((parts) => marked(parts, (index) => index >= start && !(inside(index, parts) && common[index]))),
    texts.map((parts) => marked(parts, (index) => inside(index, parts) && !common[index])),
  ]
}

/** The parts that are kept, and … for each run of those that are not. */
const marked = (parts: ReadonlyArray<string>, isKept: (index: number) => boolean): string =>
  parts.reduce((text, part, index) => (isKept(index) ? text + part : text.endsWith("…") ? text : `${text}…`), "")

/** From a little before the first character that is not the same in all. */
const afterCommonStart = (texts: ReadonlyArray<string>): ReadonlyArray<string> => {
  const [first = ""] = texts
  let length = 0
  while (length < first.length && texts.every((text) => text[length] === first[length])) length += 1
  const from = Math.max(0, length - 3)
  return from === 0 ? texts : texts.map((text) => `…${text.slice(from)}`)
}

const lengthOf = (text: string): number => [...text].length
