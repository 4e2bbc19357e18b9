import Detection
import OrchestratorCore
import Testing

/// Data flow through JavaScript and TypeScript.
@Suite struct JavaScriptFlowTests {
    private func rules(in code: String, _ language: String = "javascript", files: [String: String] = [:]) throws
        -> [String]
    {
        try DataFlowProbe(DataFlowTests.rules.get(), files: files).analyse(code, language, path: "src/app")
            .findings.map(\.rule)
    }

    /// Whether the SQL rule fires in a handler where `name` comes from the request.
    private func isReported(_ body: String, _ language: String = "javascript") throws -> Bool {
        let code = "const f = async (req, res) => {\n  let name = req.query.name;\n  \(body)\n};\n"
        return try rules(in: code, language).contains("javascript-flow-sql-injection")
    }

    @Test func aGuessAboutAGlobalOfUnknownOriginStands() throws {
        #expect(try rules(in: "eval(source);\n") == ["javascript-eval"])
        #expect(try rules(in: "const source = '1 + 1';\neval(source);\n").isEmpty)
    }

    @Test func typesInJavaScriptDoNotHideTheRest() throws {
        let code = """
            // @flow
            type Row = { id: string, sort?: string };
            export const list = (req: Request, rows: Array<Row>, next?: (e: Error) => void): Promise<void> =>
              db.query(`select * from t order by ${(req.query.sort: any)}`);
            export function find(req: Request, db: Db): Row { return db.query('select ' + req.query.id); }
            """
        let analysis = try DataFlowProbe(DataFlowTests.rules.get()).analyse(code, "javascript", path: "src/app")
        #expect(analysis.findings.contains { $0.rule == "javascript-flow-sql-injection" && $0.location.startLine == 5 })
    }

    @Test(arguments: [
        "db.query('a' + name);",
        "db.query(`a ${name}`);",
        "let s = ''; s += name; db.query(s);",
        "const { name: n = 'x' } = req.query; db.query(n);",
        "const { id, ...rest } = req.body; db.query(rest.sort);",
        "const [, second] = ['x', name]; db.query(second);",
        "db.query(req.body['a'] ?? 'x');",
        "db.query(req?.body?.a || 'x');",
        "const o = { a: 'x', b: name }; db.query(o.b);",
        "const o = { ...req.body }; db.query(o.sort);",
        "const o = Object.assign({}, { a: name }); db.query(o.a);",
        "const l = []; l.push('x', name); db.query(l.join(','));",
        "db.query(['x'].concat([name]).join(' '));",
        "let s = ''; [name].forEach((part) => { s += part; }); db.query(s);",
        "db.query([name].map((x) => `'${x}'`).join(','));",
        "db.query([name].reduce((a, b) => a + b, ''));",
        "for (const x of Object.values(req.body)) db.query(x);",
        "for (const [k, v] of Object.entries(req.body)) db.query(v);",
        "for (const k in req.body) db.query(k);",
        "Promise.resolve(name).then((x) => db.query(x));",
        "const build = async (x) => 'a' + x; db.query(await build(name));",
        "let s = 'x'; switch (res.y) { case 1: s = name; break; default: s = 'y'; } db.query(s);",
        "let s; try { s = name; g(); } catch (e) { s = 'x'; } db.query(s);",
        "const g = () => { db.query(name); }; g();",
        "setTimeout(function () { db.query(name); }, 10);",
        "const s = res.x ? 'x' : name; db.query(s);",
        "function Store(n) { this.n = n; this.run = () => db.query(this.n); } new Store(name).run();",
        "class Store { constructor(n) { this.n = n; } run() { db.query(this.n); } } new Store(name).run();",
        "const tools = { wrap(x) { return '(' + x + ')'; } }; db.query(tools.wrap(name));",
        "if (name.startsWith('a')) { db.query(name); }",
        "req.local = name; db.query(req.local);",
        "const o = {}; o.a = name; db.query(o.a);",
        "if (req.body.list.includes(name)) { db.query(name); }",
    ])
    func flowsAreFound(_ body: String) throws { #expect(try isReported(body)) }

    @Test(arguments: [
        "db.query('select ?', [name]);",
        "db.query(`a ${Number(name)}`);",
        "db.query('a' + name.length);",
        "name = 'x'; db.query(name);",
        "const o = { a: 'x', b: name }; db.query(o.a);",
        "const o = {}; o.a = name; db.query(o.b);",
        "req.body = JSON.parse(req.body); const ip = (r) => r.ip; db.query(ip(req));",
        "req.body.a = name; db.query(req.config.a);",
        "const s = allowed && allowed.includes(name) ? name : allowed[0]; db.query(s);",
        "const [first] = ['x', name]; db.query(first);",
        "if (!['a', 'b'].includes(name)) return; db.query(name);",
        "if (['a', 'b'].indexOf(name) === -1) return; db.query(name);",
        "if (!/^[a-z]+$/.test(name)) return; db.query(name);",
        "if (isNaN(name)) return; db.query(name);",
        "if (typeof req.body.n !== 'number') return; db.query('a' + req.body.n);",
        "if (req.query.s !== 'asc') return; db.query('a' + req.query.s);",
        "req.body.n = parseInt(req.body.n, 10); db.query('a' + req.body.n);",
        "db.query('a' + [name].map(Number).join(','));",
        "const s = name; db.query(1 + 1 === 2 ? 'x' : s);",
        "const pick = (a, b) => b; db.query(pick(name, 'x'));",
        "const rows = await db.query('select ?', [name]); db.query('a' + rows[0].id);",
        "const user = await users.byName(name); db.query('a' + user.id);",
        "db.query('a' + name.replace(/[^a-z]/gi, ''));",
        "res.json({ db: (x) => x, name });",
    ])
    func harmlessCodeIsNotReported(_ body: String) throws { #expect(try !isReported(body)) }

    @Test func typesAnnotationsAndDecoratorsAreUnderstood() throws {
        #expect(try isReported("const s: string = (name as string)!; db.query(s);", "typescript"))
        let controller = """
            import { Body, Controller, Param, ParseIntPipe, Post } from "@nestjs/common";
            @Controller("users")
            export class UserController {
              constructor(private readonly db: Database) {}
              @Post(":id")
              async change(@Param("id", ParseIntPipe) id: number, @Body() body: ChangeDto) {
                return this.db.query(`update users set name = ${PART} where id = ${id}`);
              }
            }
            """
        let found = { (part: String) in
            try self.rules(in: controller.replacing("PART", with: part), "typescript").contains(
                "javascript-flow-sql-injection")
        }
        #expect(try found("body.name"))
        #expect(try !found("id"))
    }

    @Test func dataIsFollowedIntoRequiredAndImportedFiles() throws {
        let common = """
            const db = require("mysql").createPool({});
            module.exports.run = (text) => db.query("select " + text);
            exports.fixed = (text) => db.query("select 1", [text]);
            """
        let files = ["src/lib/store.js": common]
        func code(_ method: String) -> String {
            "const { \(method) } = require('./lib/store.js');\nexports.f = (req, res) => \(method)(req.query.q);\n"
        }
        #expect(try rules(in: code("run"), files: files) == ["javascript-flow-sql-injection"])
        #expect(try rules(in: code("fixed"), files: files).isEmpty)

        let service = """
            import { Pool } from "pg";
            export class Store {
              private pool = new Pool();
              find(text: string) { return this.pool.query(`select ${text}`); }
            }
            export default new Store();
            """
        let barrel = "export * from './store.service';\n"
        let more = ["src/store/store.service.ts": service, "src/store/index.ts": barrel]
        let byClass = "import { Store } from './store';\nexport const f = (req, res) => new Store().find(req.body.x);\n"
        #expect(try rules(in: byClass, "typescript", files: more) == ["javascript-flow-sql-injection"])
        let byDefault = "import s from './store/store.service';\nexport const f = (req, res) => s.find(req.body.x);\n"
        #expect(try rules(in: byDefault, "typescript", files: more) == ["javascript-flow-sql-injection"])
        let unlinked = byDefault.replacing("store.service", with: "other")
        #expect(try rules(in: unlinked, "typescript", files: more).isEmpty)
    }

    @Test func aGuessFromSyntaxGivesWayToKnowledge() throws {
        let known = "const t = 'users';\nmodule.exports = () => pool.query(`select * from ${t} where id = 1`);\n"
        #expect(try rules(in: known).isEmpty)
        let open = "module.exports = (t) => pool.query(`select * from ${t} where id = 1`);\n"
        #expect(try rules(in: open) == ["javascript-sql-injection"])
    }

    @Test func theWayIsToldStepByStep() throws {
        let code = """
            const { exec } = require("child_process");
            app.get("/", (req, res) => {
              const { host } = req.query;
              exec("ping " + host);
            });
            """
        let findings = try DataFlowProbe(DataFlowTests.rules.get()).analyse(code, "javascript").findings
        let finding = try #require(findings.first { $0.rule == "javascript-flow-command-injection" })
        #expect(finding.location.startLine == 4)
        #expect(finding.flow.map(\.location.startLine) == [3, 3, 4])
        #expect(
            finding.flow.map(\.note) == ["a value from the request", "assigned to 'several variables'", "used here"])
    }

    @Test func deepNestingAndBrokenCodeAreSurvived() throws {
        let nested = String(repeating: "(", count: 3000) + "1" + String(repeating: ")", count: 3000)
        let callbacks = String(repeating: "f(() => {", count: 300) + String(repeating: "});", count: 300)
        for code in ["eval(\(nested)); req", "req; \(callbacks)", "const {a, ...", "class { req", "req.query `${"] {
            _ = try rules(in: code)
            _ = try rules(in: code, "tsx")
        }
    }
}
