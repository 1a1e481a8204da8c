/** The table of contents, read from the folders: a page that is added appears by itself. */

import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"

const docs = resolve(import.meta.dirname, "..")

interface Entry {
  readonly text: string
  readonly link?: string
  readonly items?: Array<Entry>
}

/** What a reader sees at the left: pages by themselves, and folders with the pages in them. */
const contents: ReadonlyArray<{ readonly page: string } | { readonly folder: string; readonly text: string }> = [
  { page: "tutorial" },
  { folder: "guides", text: "Guides" },
  { folder: "concepts", text: "Concepts" },
  { folder: "reference", text: "Reference" },
  { folder: "coming-from", text: "Coming from" },
  { page: "architecture" },
  { page: "public" },
]

export const sidebar = (): Array<Entry> =>
  contents.flatMap((part): Array<Entry> => {
    if ("page" in part) return existsSync(join(docs, `${part.page}.md`)) ? [entry(part.page)] : []
    const items = pagesOf(part.folder)
    return items.length === 0 ? [] : [{ text: part.text, items }]
  })

/** The pages of a folder by `order` in their frontmatter, then by title. */
const pagesOf = (folder: string): Array<Entry> =>
  (existsSync(join(docs, folder)) ? readdirSync(join(docs, folder)) : [])
    .filter((file) => file.endsWith(".md"))
    .map((file) => `${folder}/${file.slice(0, -".md".length)}`)
    .map((page) => ({ ...entry(page), order: Number(/^order: *(\d+)$/m.exec(read(page))?.[1] ?? Number.POSITIVE_INFINITY) }))
    .sort((a, b) => a.order - b.order || a.text.localeCompare(b.text, "en") || 0)
    .map(({ text, link }) => ({ text, link }))

const entry = (page: string): { readonly text: string; readonly link: string } => ({
  text: /^# +(.+)$/m.exec(read(page))?.[1]?.replaceAll("`", "") ?? page,
  link: `/${page}`,
})

const read = (page: string): string => readFileSync(join(docs, `${page}.md`), "utf8")
