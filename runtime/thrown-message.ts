/**
 * What can be said of anything that was thrown: an error's message, or what it is that is no error. `throw undefined`, a string and an object are
 * told apart from errors, which have a place and a stack.
 */
export const thrownMessage = (thrown: unknown): string => {
  if (thrown instanceof Error) return thrown.message === "" ? `${thrown.name} without a message` : thrown.message
  if (typeof thrown === "string" && thrown !== "") return thrown
  return `it threw ${described(thrown)}, which is not an error: throw new Error("…"), so that there is a message and a place`
}

/** Characters of an object that are shown. */
const mostShown = 200

const described = (value: unknown): string => {
  if (typeof value === "function") return "a function"
  if (value === "") return "an empty text"
  if (typeof value !== "object" || value === null) return String(value)
  try {
    const text = JSON.stringify(value)
    return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text
  } catch {
    return "an object"
  }
}
