/** The words of every command, as its help and its refusals show them; docs/cli.md explains them. */
export const USAGE = {
  serve: 'piton serve [--print-config]',
  run: 'piton run FILE.bpmn [--process ID] [--start-first ID] [--variables JSON|@FILE] [--steps JSON|@FILE] [--advance PT65S] [--at INSTANT] [--auto] [--force-executable] [--trace]',
  lint: 'piton lint FILE.bpmn [--json] [--force-executable]',
  import: 'piton import FILE.bpmn [--to FOLDER] [--json]',
  decide: 'piton decide FILE.dmn --decision NAME|ID [--input JSON|@FILE] [--at INSTANT] [--explain] [--json]',
  verify: 'piton verify FILE [--signature FILE.p7s] [--trust ROOT.pem] [--json]',
  walk: 'piton walk NAME|all [--json]',
  auditVerify: 'piton audit verify [--data FOLDER] [--heads FILE.json] [--json]',
  auditSeal: 'piton audit seal [--data FOLDER] [--json]',
  auditProve: 'piton audit prove CASE [--to FILE.json] [--data FOLDER] [--json]',
  auditExportHeads: 'piton audit export-heads --to FOLDER [--since DAY] [--data FOLDER] [--json]',
  backup: 'piton backup --to FOLDER [--data FOLDER] [--with-key] [--json]',
  restore: 'piton restore --from FOLDER --data FOLDER [--key FILE] [--until POSITION] [--json]',
  migrateTo: 'piton migrate --data FOLDER --to mongodb://HOST/DATABASE [--json]',
  migrateFrom: 'piton migrate --from mongodb://HOST/DATABASE --key FILE --data FOLDER [--json]',
  doctor: 'piton doctor [--data FOLDER] [--json]',
} as const;
