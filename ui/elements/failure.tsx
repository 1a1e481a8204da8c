/** An error: what the server or the page says, and a way to try again. */

import { ApiError } from "../api/error.ts"
import { ForeignText } from "./foreign-text.tsx"
import { Icon } from "./icon.tsx"

export const Failure = ({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) => {
  const tag = error instanceof ApiError ? error.error : error instanceof Error ? error.name : "Error"
  const message = error instanceof Error ? error.message : String(error)
  return (
    <div className="failure" role="alert">
      <p className="failure-tag">
        <Icon name="cross" /> {tag}
      </p>
      <p className="failure-message">
        <ForeignText text={message} />
      </p>
      {onRetry === undefined ? null : (
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  )
}
