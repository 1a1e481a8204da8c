import { Schema } from "effect"
import { withDefault } from "../parameter.ts"

/** How a language model behind OpenAI's protocol is asked, whatever for. */
export const modelParameters = {
  /** The model's name, as the server knows it. */
  model: Schema.NonEmptyString,
  /**
   * What tells versions of the model apart that have the same name, such as a date or a commit. Its
   * answers are kept under it.
   */
  revision: withDefault(Schema.String, ""),
  /** `/chat/completions`, or `/completions`, where the model goes on with the text. */
  api: withDefault(Schema.Literals(["chat", "completions"]), "chat"),
  /** What a chat begins with, as the system. */
  system: withDefault(Schema.NullOr(Schema.String), null),
  /** What the server divides logits by; 0 takes the likeliest token. */
  temperature: withDefault(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)), 0),
  /** Further fields of each request, such as `{ top_p: 0.9 }`. They go before our own. */
  extraBody: withDefault(Schema.Record(Schema.String, Schema.Json), {}),
}
