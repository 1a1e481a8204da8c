/**
 * Links of pages to files, pages and headings of the clone. Addresses of the web are left alone.
 */

import { existsSync, readFileSync, statSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { slug } from "../../docs/generate/slug.ts"
import { type Page, root } from "./page.ts"

/** Links that lead nowhere, at their places. */
export const deadLinks = (pages: ReadonlyArray<Page>): ReadonlyArray<string> =>
  pages.flatMap((page) =>
    linksOf(page.text).flatMap(({ target, line }) => problemOf(page, target).map((problem) => `${page.path}:${line}: ${problem}`)),
  )

interface Link {
  readonly target: string
  readonly line: number
}

/**
 * `[text](target)`, `![text](target)`, `[name]: target` and attributes of HTML, outside of code.
 */
const linksOf = (text: string): ReadonlyArray<Link> =>
  [...withoutCode(text).matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)|^\[[^\]]+\]: +(\S+)|(?:href|src)="([^"]+)"/gm)].map((match) => ({
    target: match[1] ?? match[2] ?? match[3] ?? "",
    line: text.slice(0, match.index).split("\n").length,
  }))

/** The text with its code and comments blanked, so that every place stays where it is. */
const withoutCode = (text: string): string =>
  text.replace(/^ *```[\s\S]*?^ *```$|`[^`\n]+`|<!--[\s\S]*?-->/gm, (code) => code.replace(/[^\n]/g, " "))

const problemOf = (page: Page, target: string): ReadonlyArray<string> => {
  if (/^[a-z]+:/i.test(target)) return []
  const [path = "", anchor] = target.split("#")
  // On the site, a path from the top begins in docs/.
  const file =
    path === ""
      ? resolve(root, page.path)
      : path.startsWith("/")
        ? resolve(root, "docs", path.slice(1))
        : resolve(root, dirname(page.path), path)
  const found = [file, `${file}.md`, resolve(file, "index.md")].find((each) => existsSync(each))
  if (found === undefined) return [`${target}: there is no ${file.slice(root.length + 1)}`]
  if (page.path.startsWith("docs/") && !found.startsWith(resolve(root, "docs")))
    return [`${target}: the site has no such page; name the path in backticks`]
  if (anchor === undefined || anchor === "" || !found.endsWith(".md") || statSync(found).isDirectory()) return []
  const anchors = anchorsOf(readFileSync(found, "utf8"))
  return anchors.has(anchor) ? [] : [`${target}: there is no heading #${anchor} in ${found.slice(root.length + 1)}`]
}

/** Anchors of headings. A second heading of one text has `-1` behind its own. */
const anchorsOf = (text: string): ReadonlySet<string> => {
  const anchors = new Set<string>()
  const blocksBlanked = text.replace(/^ *```[\s\S]*?^ *```$/gm, "")
  for (const [, title = ""] of blocksBlanked.matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const own = slug(title.replace(/`/g, "").replace(/\[([^\]]*)\]\([^)]*\)/g, "$1"))
    let anchor = own
    for (let count = 1; anchors.has(anchor); count++) anchor = `${own}-${count}`
    anchors.add(anchor)
  }
  for (const [, id = ""] of text.matchAll(/ id="([^"]+)"/g)) anchors.add(id)
  return anchors
}
