/** Shows what went wrong in a view, where the view would be; the rest of the page goes on. */

import { Component, type ReactNode } from "react"
import { Failure } from "../elements/failure.tsx"

interface Props {
  readonly children: ReactNode
}

interface State {
  readonly error: unknown
}

export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null }

  static getDerivedStateFromError(error: unknown): State {
    return { error }
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children
    return (
      <div className="page">
        {/* A script that was not loaded is not loaded again until the page is. */}
        <Failure error={this.state.error} onRetry={() => window.location.reload()} />
      </div>
    )
  }
}
