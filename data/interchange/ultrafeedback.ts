import type { PreferenceFormat } from "./preference.ts"
import { implicitConversation } from "./trl.ts"

/**
 * UltraFeedback, binarized (Tunstall et al. 2023, Zephyr): conversations with the prompt in them,
 * and the overall scores that a language model gave. The column `prompt` repeats the first message
 * and is not read.
 */
export const ultrafeedback: PreferenceFormat = {
  columns: ["chosen", "rejected", "score_chosen", "score_rejected"],
  needed: ["chosen", "rejected"],
  source: "model",
  open: () => implicitConversation,
}
