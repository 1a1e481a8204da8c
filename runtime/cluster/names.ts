/**
 * The names of a store's queues and channels in a database that several stores may use. A worker
 * only ever asks for those of its own store.
 */
export interface Names {
  /** The queue of runs that are to be conducted. */
  readonly runs: string
  /** The queue of stages with a requirement, by its digest. */
  readonly stages: (requirement: string) => string
  /** What the names of all queues of stages begin with. */
  readonly anyStages: string
  /** The queue of what came of the stages of a run. */
  readonly replies: (run: string) => string
  /** What the names of all queues of replies begin with. */
  readonly anyReplies: string
  /** Where workers are asked who is there, and answer. */
  readonly rollCall: string
  /** Where those who watch a submission are told of its events, and ask for them. */
  readonly events: (submission: string) => string
  /** Where workers report of the stages of a submission. */
  readonly reports: (submission: string) => string
}

/** `identity` is that of the store. */
export const namesIn = (identity: string): Names => {
  const store = identity.replaceAll("-", "").slice(0, 24)
  const anyStages = `assay/${store}/stages/`
  const anyReplies = `assay/${store}/replies/`
  const channel = (name: string) => `assay_${store}_${name}`
  return {
    runs: `assay/${store}/runs`,
    anyStages,
    stages: (requirement) => anyStages + requirement.slice(0, 24),
    anyReplies,
    replies: (run) => anyReplies + run,
    rollCall: channel("roll"),
    events: (submission) => channel(`e_${submission.slice(0, 24)}`),
    reports: (submission) => channel(`r_${submission.slice(0, 24)}`),
  }
}
