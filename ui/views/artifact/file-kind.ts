/** How a file of an artifact can be looked at. */

export type FileKind = "figure" | "text" | "other"

const figures = new Set(["svg", "png", "jpg", "jpeg", "gif", "webp"])
const texts = new Set(["json", "jsonl", "md", "txt", "csv", "tsv", "log", "yaml", "yml", "tex", "html", "py", "ts", "jinja"])

/** Bytes of a text up to which it is fetched. */
export const longestText = 2_000_000

export const fileKind = ({ name, bytes }: { readonly name: string; readonly bytes: number }): FileKind => {
  const extension = /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? ""
  if (figures.has(extension)) return "figure"
  return texts.has(extension) && bytes <= longestText ? "text" : "other"
}

/** The file that is shown first: a figure, else a text, else none. */
export const firstShown = <F extends { readonly name: string; readonly bytes: number }>(files: ReadonlyArray<F>): F | undefined =>
  files.find((file) => fileKind(file) === "figure") ?? files.find((file) => fileKind(file) === "text")
