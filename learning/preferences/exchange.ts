import type { PreferenceRow } from "../../data/schema/index.ts"

/** The same pair with the opposite label. Scores stay with their responses. */
export const exchangeResponses = (row: PreferenceRow): PreferenceRow => ({
  ...row,
  chosen: row.rejected,
  rejected: row.chosen,
  chosen_token_ids: row.rejected_token_ids,
  rejected_token_ids: row.chosen_token_ids,
  score_chosen: row.score_rejected,
  score_rejected: row.score_chosen,
  logp_chosen: row.logp_rejected,
  logp_rejected: row.logp_chosen,
  p_chosen: row.p_chosen === null ? null : 1 - row.p_chosen,
})
