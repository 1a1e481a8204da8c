/** The subject of a message, continued lines joined; undefined if it has none. */
export const subjectOf = (message: string): string | undefined => {
  const [head = ""] = message.split(/\r?\n\r?\n/, 1)
  return /^Subject:[ \t]*(.*(?:\r?\n[ \t]+.*)*)/im.exec(head)?.[1]
}

/**
 * Marks of replies, of forwarding and of mailing lists: they would tell who sent the line, not what
 * it says.
 */
const marks = /^(?:(?:re|fwd?|aw)(?:\[\d+\])?:|\[[^\]]*\])\s*/i

/**
 * Numbers and letters after a gap, and numbers at the end, that keep one message of thousands from
 * looking like the others.
 */
const busters = /(?:\s{3,}\S+|\s+[\d.]{3,})\s*$/

/** A subject without what programs added to it; "" where it is encoded, which is not English. */
export const bareSubject = (subject: string): string => {
  if (subject.includes("=?")) return ""
  let line = subject.trim()
  while (marks.test(line)) line = line.replace(marks, "")
  return line
    .replace(busters, "")
    .replace(/\s*\(fwd\)$/i, "")
    .replaceAll(/\s+/g, " ")
    .trim()
}
