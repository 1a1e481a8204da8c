/** A node of the graph: a stage, or a sweep that is folded. */

import { memo } from "react"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { StatusIcon } from "../../elements/status.tsx"
import { formatDuration } from "../../text/format.ts"
import { visibleText } from "../../text/visible.ts"
import { shortLabel, tellCounts, tellSweep } from "./describe-node.ts"
import type { GraphNode } from "./fold.ts"
import { nodeSize } from "./layout.ts"

interface Props {
  readonly id: string
  readonly node: GraphNode
  readonly left: number
  readonly top: number
  readonly isChosen: boolean
  readonly isStop: boolean
  readonly onFocus: (key: string) => void
  readonly onChoose: (node: GraphNode) => void
  readonly onUnfold: (node: GraphNode) => void
}

export const NodeCard = memo(({ id, node, left, top, isChosen, isStop, onFocus, onChoose, onUnfold }: Props) => {
  const { stages, state } = node
  const isFolded = stages.length > 1
  return (
    <li
      className={`node node-${state} ${isFolded ? "folded" : ""} ${isChosen ? "chosen" : ""}`}
      style={{ transform: `translate(${left}px, ${top}px)`, inlineSize: nodeSize.width, blockSize: nodeSize.height }}
    >
      <button
        id={id}
        type="button"
        className="node-main"
        aria-pressed={isChosen}
        tabIndex={isStop ? 0 : -1}
        title={visibleText(node.label)}
        onFocus={() => onFocus(node.key)}
        onClick={() => onChoose(node)}
        onDoubleClick={isFolded ? () => onUnfold(node) : undefined}
        onKeyDown={(event) => {
          if (event.key === "u" && isFolded) onUnfold(node)
        }}
      >
        <span className="node-name">
          <StatusIcon state={state} />
          <span className="clip-start">
            <ForeignText text={shortLabel(node)} />
          </span>
        </span>
        <span className="node-facts">
          <span className="clip">{isFolded ? tellCounts(node) : node.stage}</span>
          <span>{formatDuration(node.seconds)}</span>
        </span>
        {isFolded ? <span className="unseen">{tellSweep(node)}</span> : null}
      </button>
      {isFolded ? (
        <button
          type="button"
          className="node-fold"
          tabIndex={-1}
          aria-label={`Unfold ${stages.length} stages of ${visibleText(node.label)}`}
          title={`Unfold by ${node.axes.map(({ name }) => name).join(" and ")}`}
          onClick={() => onUnfold(node)}
        >
          ×{stages.length}
        </button>
      ) : null}
    </li>
  )
})
