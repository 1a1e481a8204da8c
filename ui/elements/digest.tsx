/** A digest or a key: its beginning, the whole as title, and a button that copies it. */

import { shorten } from "../text/format.ts"
import { CopyButton } from "./copy-button.tsx"

export const Digest = ({ digest, label = "digest" }: { readonly digest: string; readonly label?: string }) => (
  <span className="digest">
    <code title={digest}>{shorten(digest)}</code>
    <CopyButton text={digest} label={`Copy ${label}`} />
  </span>
)
