/** Markdown that neither a renderer of HTML nor a table takes apart. */

/**
 * Docstrings are Markdown, but their examples are only indented, and angle brackets and braces
 * outside of code are text.
 */
export const prose = (text: string): string =>
  withExamples(text)
    .split(/(```[\s\S]*?```|`[^`\n]*(?:\n[^`\n]+)?`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replaceAll("<", "&lt;").replaceAll("{{", "{&#8203;{")))
    .join("")

/** Paragraphs of indented lines, which are examples, as blocks. */
const withExamples = (text: string): string =>
  text
    .split(/\n{2,}/)
    .map((part) => (part.split("\n").every((line) => line.startsWith("  ")) ? block("ts", part.replace(/^ {2}/gm, "")) : part))
    .join("\n\n")

/** A docstring on one line, for a cell. */
export const sentence = (text: string): string => prose(text.replace(/\s*\n\s*/g, " "))

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ")

/** A table; none for no rows. */
export const table = (columns: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  rows.length === 0 ? "" : [columns, columns.map(() => "---"), ...rows].map((cells) => `| ${cells.map(cell).join(" | ")} |`).join("\n")

export const code = (text: string): string => `\`${text}\``

/** A fenced block. */
export const block = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``

/** A page or a part of one: what is empty leaves no gap. */
export const paragraphs = (...parts: ReadonlyArray<string | ReadonlyArray<string>>): string =>
  parts
    .flat()
    .filter((part) => part !== "")
    .join("\n\n")
