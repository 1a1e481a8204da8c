/** The marks (paths, lines, texts) of the layers of a figure whose names match, in order. */
export const marksOf = (svg: string, layer: RegExp): ReadonlyArray<string> =>
  Array.from(svg.matchAll(/<g class="[^"]* (\S+)_marks"[^>]*(?<!\/)>(.*?)<\/g>/gs)).flatMap(([, name = "", content = ""]) =>
    layer.test(name) ? (content.match(/<(path|line) [^>]*>|<text [^>]*>[^<]*/g) ?? []) : [],
  )

export const attributeOf = (mark: string | undefined, name: string): string | undefined => mark?.match(new RegExp(`${name}="([^"]*)"`))?.[1]

/** What is written in texts. */
export const textsOf = (marks: ReadonlyArray<string>): ReadonlyArray<string> => marks.map((mark) => mark.replace(/^<text [^>]*>/, ""))

/** Where a mark is, in pixels. */
export const placeOf = (mark: string | undefined): { readonly x: number; readonly y: number } => {
  const [, x, y] = /translate\((-?[\d.e-]+),(-?[\d.e-]+)\)/.exec(attributeOf(mark, "transform") ?? "") ?? []
  return { x: Number(x), y: Number(y) }
}
