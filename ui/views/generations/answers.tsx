/** What one response set answered to a prompt: often once, of pairs twice, sometimes many times. */

import { useState } from "react"
import { Link } from "wouter"
import type { Answer } from "../../../serve/api.ts"
import { artifactPage, lineagePage } from "../../address/pages.ts"
import { ForeignText } from "../../elements/foreign-text.tsx"
import { visibleText } from "../../text/visible.ts"
import { factsOf, isDisputed, sortAnswers } from "./facts.ts"
import { FoldedText } from "./folded-text.tsx"
import type { Column } from "./prompts.tsx"
import { Tokens } from "./tokens.tsx"

/** Answers that are shown before one asks for more: both of a pair. */
const shownFirst = 2

interface Props {
  /** Whose pages the links lead to; null for none. */
  readonly run: string | null
  readonly column: Column
  readonly answers: ReadonlyArray<Answer>
}

export const Answers = ({ run, column, answers }: Props) => {
  const [isOpen, setOpen] = useState(false)
  const most = answers.some(({ role }) => role !== null) ? shownFirst : 1
  const sorted = sortAnswers(answers)
  const shown = isOpen ? sorted : sorted.slice(0, most)
  return (
    <div className="answers" role="group" aria-label={visibleText(column.label)}>
      <p className="answers-response-set" aria-hidden="true">
        <ForeignText text={column.label} />
      </p>
      {answers.length === 0 ? <p className="faint">no answer</p> : null}
      {shown.map((answer, index) => (
        <OneAnswer key={`${index} ${answer.row}`} run={run} column={column} answer={answer} />
      ))}
      {answers.length > most ? (
        <button type="button" className="text-button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? "Fewer answers" : `${answers.length - most} more`}
        </button>
      ) : null}
    </div>
  )
}

const OneAnswer = ({ run, column, answer }: Pick<Props, "run" | "column"> & { readonly answer: Answer }) => {
  const { tokens, response, role, finishReason, row } = answer
  const isColoured = tokens?.some(({ logRatio }) => logRatio !== null) ?? false
  const { key, output } = column.table
  return (
    <article className="answer">
      {role === null ? null : <span className={`tag role-${role}`}>{role}</span>}
      {isColoured && tokens !== null ? <Tokens tokens={tokens} /> : <FoldedText text={response} />}
      <dl className="answer-facts">
        {factsOf(answer, column.artifact).map(({ label, text, title }) => (
          <div key={label} title={title}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
        {finishReason === null ? null : (
          <div title="why the answer ended">
            <dt className="unseen">ended by</dt>
            <dd className={finishReason === "length" ? "cut-off" : undefined}>
              {finishReason === "length" ? "cut at the limit" : <ForeignText text={finishReason} />}
            </dd>
          </div>
        )}
      </dl>
      <p className="answer-links">
        {isDisputed(answer) ? <span className="tag disputed">judges disagree</span> : null}
        {run === null ? (
          <span className="faint">row {row}</span>
        ) : (
          <>
            <Link href={artifactPage(run, key, output, { row: String(row) })}>row {row}</Link>
            <Link href={lineagePage(run, { key, output, row })}>lineage</Link>
          </>
        )}
      </p>
    </article>
  )
}
