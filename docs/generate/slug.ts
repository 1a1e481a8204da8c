/** The anchor that a heading has, on the site as in a repository's own view of Markdown. */
export const slug = (title: string): string =>
  title
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, "")
    .replaceAll(" ", "-")
