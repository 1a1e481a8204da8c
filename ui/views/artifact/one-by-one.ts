/**
 * Questions that wait for each other. The server answers one after the other, so that many
 * histograms asked at once would keep the rows waiting that somebody scrolls to.
 */

/** Runs tasks in turn; one whose signal was aborted before its turn is not begun. */
export const oneByOne = () => {
  let last: Promise<unknown> = Promise.resolve()
  return <A>(signal: AbortSignal, task: () => Promise<A>): Promise<A> => {
    const turn = last.then(() => {
      signal.throwIfAborted()
      return task()
    })
    last = turn.catch(() => undefined)
    return turn
  }
}
