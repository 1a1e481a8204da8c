/** Why a record, or one of its responses, gives no pair. */
export type Reason = keyof typeof reasons

/** What is said of them, after their number. */
export const reasons = {
  "not-text": "records or responses were left out because they are not text",
  "no-response": "records were left out because they lack a response",
  "no-prompt": "records were left out because their responses begin with no prompt that they share",
  undecided: "records were left out because they do not say which response is better",
  unranked: "responses were left out because they have no rank or score",
  alone: "responses were left out because their prompt has no other to compare them with",
} as const

/**
 * Thrown by a reader for what a format leaves out: it is counted, and the import goes on. `fault`
 * is what is wrong, with its place.
 */
export class LeftOut extends Error {
  readonly reason: Reason
  readonly fault: Error
  constructor(reason: Reason, fault: Error) {
    super(fault.message)
    this.name = "LeftOut"
    this.reason = reason
    this.fault = fault
  }
}

/** Told of everything that is left out: why, how many, and where the first was if that is known. */
export type LeaveOut = (reason: Reason, count: number, fault?: Error) => void
