import Detection
import OrchestratorCore
import Testing

@Suite struct DataFlowReportTests {
    private func findings(_ code: String, _ language: String, files: [String: String] = [:]) throws -> FileAnalysis {
        try DataFlowProbe(DataFlowTests.rules.get(), files: files).analyse(code, language)
    }

    @Test func aFindingTellsTheWayOfTheValue() throws {
        let code = """
            class A {
              void f(HttpServletRequest request, Statement statement) throws Exception {
                String name = request.getParameter("name");
                String sql = build(name);
                statement.executeQuery(sql);
              }
              String build(String value) { return "select " + value; }
            }
            """
        let finding = try #require(try findings(code, "java").findings.first { $0.rule == "java-flow-sql-injection" })
        #expect(finding.location.startLine == 5)
        #expect(finding.flow.map(\.location.startLine) == [3, 3, 4, 4, 5])
        #expect(finding.flow.map(\.note).first == "a request's parameter")
        #expect(finding.flow.map(\.note).contains("passed to 'build'"))
        #expect(finding.flow.map(\.note).contains("assigned to 'sql'"))
    }

    @Test func aSyntacticGuessGivesWayToKnowledge() throws {
        let start = "class A { void f(Statement statement, String open) throws Exception { String s = \"a\"; "
        let known = try findings(start + "statement.executeQuery(\"select \" + s); } }", "java")
        #expect(known.findings.isEmpty)
        let open = try findings(start + "statement.executeQuery(\"select \" + open); } }", "java")
        #expect(open.findings.map(\.rule) == ["java-sql-injection"])
    }

    @Test func dataIsFollowedIntoOtherFiles() throws {
        let helper = """
            package org.example;
            public class Wrapper {
              private HttpServletRequest request;
              public Wrapper(HttpServletRequest request) { this.request = request; }
              public String outside() { return request.getParameter("x"); }
              public String fixed() { return "x"; }
            }
            """
        let files = ["src/org/example/Wrapper.java": helper]
        func code(_ method: String) -> String {
            """
            import org.example.Wrapper;
            class A {
              void f(HttpServletRequest request, Statement statement) throws Exception {
                statement.executeQuery("select " + new Wrapper(request).\(method)());
              }
            }
            """
        }
        let outside = try findings(code("outside"), "java", files: files)
        #expect(outside.findings.map(\.rule) == ["java-flow-sql-injection"])
        #expect(outside.findings.first?.flow.first?.location.path.text == "src/org/example/Wrapper.java")
        #expect(try findings(code("fixed"), "java", files: files).findings.isEmpty)
    }

    @Test func propertiesFilesNameTheAlgorithm() throws {
        let code = """
            class A {
              void f() throws Exception {
                java.util.Properties p = new java.util.Properties();
                p.load(getClass().getResourceAsStream("app.properties"));
                java.security.MessageDigest.getInstance(p.getProperty("hash", "SHA-256"));
              }
            }
            """
        let weak = try findings(code, "java", files: ["res/app.properties": "# names\nhash = MD5\n"])
        #expect(weak.findings.map(\.rule) == ["java-flow-weak-hash"])
        #expect(try findings(code, "java", files: ["res/app.properties": "hash=SHA-512\n"]).findings.isEmpty)
    }

    @Test func workHasALimitAndTheReportSaysSo() throws {
        let calls = (0..<30).map { index in
            let line = "    x = x + g\((index + 1) % 30)(x)\n"
            return "def g\(index)(x):\n" + String(repeating: line, count: 6) + "    return x\n"
        }
        let code =
            "from flask import request\nimport os\nos.system(request.args['a'])\n" + calls.joined()
            + "g0(request.args['b'])\n"
        let analysis = try findings(code, "python")
        #expect(analysis.findings.contains { $0.rule == "python-flow-command-injection" })
        #expect(analysis.coverage.reason == .ruleLimit)
    }

    @Test(arguments: ["java", "python"])
    func deepNestingIsSurvived(_ language: String) throws {
        let nested = String(repeating: "(", count: 3000) + "1" + String(repeating: ")", count: 3000)
        let sum = (0..<5000).map { "a\($0)" }.joined(separator: " + ")
        let code =
            language == "java"
            ? "class A { void f(HttpServletRequest r) { r.getParameter(\"x\"); Runtime.getRuntime().exec(\(nested)); exec(\(sum)); } }"
            : "from flask import request\nimport os\nos.system(\(nested))\nos.system(\(sum))\n"
        _ = try findings(code, language)
    }
}
