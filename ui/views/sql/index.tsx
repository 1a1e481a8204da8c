/** SQL across several tables of a run: statement and tables are in the address. */

import { useQueries, useQuery } from "@tanstack/react-query"
import { useEffect, useMemo, useRef, useState } from "react"
import type { QueryRequest, RunDetails } from "../../../serve/api.ts"
import { textParam } from "../../address/query.ts"
import { setParams, useParam } from "../../address/use-param.ts"
import { runQuery, sqlQuery, tableQuery } from "../../api/queries.ts"
import { Failure } from "../../elements/failure.tsx"
import { Icon } from "../../elements/icon.tsx"
import { Loaded } from "../../elements/loaded.tsx"
import { Page } from "../../elements/page.tsx"
import { outputsOf, type RunOutput } from "../artifacts/outputs.ts"
import { AnswerGrid } from "./answer.tsx"
import { examplesFor } from "./examples.ts"
import { Statement } from "./statement.tsx"
import { type ShownTable, TableList } from "./table-list.tsx"
import { addTable, type NamedTable, tablesParam, wrongName } from "./tables.ts"

const sqlParam = textParam()

/** Rows of an answer. */
const mostRows = 1_000

const SqlView = ({ run }: { readonly run: string }) => {
  const query = useQuery(runQuery(run))
  return (
    <Page title="SQL" fill>
      <Loaded query={query}>{(details) => <Sql details={details} />}</Loaded>
    </Page>
  )
}

const Sql = ({ details }: { readonly details: RunDetails }) => {
  const [tables, setTables] = useParam("tables", tablesParam)
  const [sql] = useParam("sql", sqlParam)
  const [draft, setDraft] = useState(sql)
  const [asked, setAsked] = useState<QueryRequest | null>(null)
  const [wasCancelled, setCancelled] = useState(false)
  const area = useRef<HTMLTextAreaElement>(null)
  const outputs = useMemo(() => outputsOf(details).filter(({ kind }) => kind === "table"), [details])
  const shown = useShownTables(tables, outputs)
  const request = requestOf(shown, sql)

  const answer = useQuery({ ...sqlQuery(asked ?? { tables: [], sql: "", limit: 0 }), enabled: asked !== null })

  // A statement that came with the address, or with a step back, is run.
  const latest = useRef(request)
  latest.current = request
  useEffect(() => {
    setDraft(sql)
    setCancelled(false)
    setAsked(sql === "" ? null : latest.current)
  }, [sql])

  const run = () => {
    const next = requestOf(shown, draft)
    if (draft.trim() === "" || next === null) return
    setCancelled(false)
    if (draft !== sql) setParams({ sql: draft }, { push: true })
    if (JSON.stringify(next) === JSON.stringify(asked)) void answer.refetch()
    else setAsked(next)
  }
  const cancel = () => {
    setAsked(null)
    setCancelled(true)
  }
  const isRunning = asked !== null && answer.isFetching
  const isWrong = shown.some(({ problem }) => problem !== null)
  const insert = (text: string) => {
    const element = area.current
    if (element === null) return
    const { selectionStart, selectionEnd } = element
    setDraft(`${draft.slice(0, selectionStart)}${text}${draft.slice(selectionEnd)}`)
    element.focus()
    window.requestAnimationFrame(() => element.setSelectionRange(selectionStart + text.length, selectionStart + text.length))
  }
  return (
    <>
      <TableList
        tables={shown}
        outputs={outputs}
        onAdd={(source) => setTables(addTable(tables, source))}
        onRename={(index, name) => setTables(tables.map((table, at) => (at === index ? { ...table, name } : table)))}
        onRemove={(index) => setTables(tables.filter((_, at) => at !== index))}
        onInsert={insert}
      />
      <Statement
        ref={area}
        sql={draft}
        examples={examplesFor(shown)}
        isRunning={isRunning}
        canRun={draft.trim() !== "" && !isWrong}
        onType={setDraft}
        onRun={run}
        onCancel={cancel}
      />
      <div className="sql-answer">
        {isRunning ? (
          <p className="faint" role="status">
            <Icon name="ring" className="turning" /> Running. Esc cancels.
          </p>
        ) : wasCancelled ? (
          <p className="faint" role="status">
            Cancelled.
          </p>
        ) : asked === null ? (
          <p className="faint">
            {tables.length === 0 ? "Add the tables that the statement is about." : "Ctrl Enter runs the statement. Only SELECT is run."}
          </p>
        ) : answer.error !== null ? (
          <Failure error={answer.error} />
        ) : answer.data === undefined ? null : (
          <AnswerGrid answer={answer.data} />
        )}
      </div>
    </>
  )
}

/** The request, if all tables are there and have names of their own. */
const requestOf = (tables: ReadonlyArray<ShownTable>, sql: string): QueryRequest | null => {
  if (tables.some(({ problem }) => problem !== null)) return null
  return {
    tables: tables.flatMap(({ name, output, key }) => (key === null ? [] : [{ name, key, output }])),
    sql,
    limit: mostRows,
  }
}

/** Tables with what the run knows of them, and what is wrong. */
const useShownTables = (tables: ReadonlyArray<NamedTable>, outputs: ReadonlyArray<RunOutput>): ReadonlyArray<ShownTable> => {
  const found = tables.map((table) => outputs.find(({ id, name }) => id === table.id && name === table.output))
  const details = useQueries({
    queries: found.map((output) => ({
      ...tableQuery({ key: output?.key ?? "", output: output?.name ?? "" }),
      enabled: output !== undefined,
    })),
  })
  return tables.map((table, index) => {
    const output = found[index]
    const others = tables.filter((_, at) => at !== index).map(({ name }) => name)
    return {
      ...table,
      key: output?.key ?? null,
      artifact: output?.artifact ?? "",
      rows: output?.rows ?? null,
      columns: details[index]?.data?.columns.map(({ name }) => name) ?? null,
      problem: output === undefined ? "is not in this run" : wrongName(table.name, others),
    }
  })
}

export default SqlView
