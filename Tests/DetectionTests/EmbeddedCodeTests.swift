import Detection
import OrchestratorCore
import Testing

/// Code inside files of another language: where it is found, and that places are those of the file.
@Suite struct EmbeddedCodeTests {
    private func analyse(_ text: String, _ language: String) throws -> FileAnalysis {
        try DataFlowProbe(DataFlowTests.rules.get()).analyse(text, language, path: "web/page")
    }

    private static let page = """
        <%@ page import="java.sql.*" %>
        <html><body>
        <%! private String lower(String text) { return text.toLowerCase(); } %>
        <% String id = request.getParameter("id");
           if (id != null) { %>
        <p>Hello <%= lower(id) %></p>
        <% Statement s = connection.createStatement();
           s.executeQuery("select * from t where id=" + id); } %>
        <b>${param.name}</b> <c:out value="${param.name}"/>
        <%-- out.print(request.getParameter("x")); --%>
        </body></html>
        """

    @Test func aServerPageIsFollowedLikeTheClassItBecomes() throws {
        let analysis = try analyse(Self.page, "jsp")
        let found = analysis.findings.map { "\($0.rule) \($0.location.startLine)" }
        #expect(
            found == ["java-flow-xss 6", "java-flow-sql-injection 8", "java-flow-xss 9"])
        #expect(analysis.coverage == Coverage(.complete))
        let sql = try #require(analysis.findings.first { $0.weakness == 89 })
        #expect(sql.evidence.lines.contains { $0.contains("executeQuery") })
        #expect(sql.flow.first?.location.startLine == 4)
        #expect(sql.location.startColumn == 4)
    }

    @Test(arguments: ["html", "erb", "ejs", "vue", "php"])
    func scriptsOfPagesAreFollowed(language: String) throws {
        let text = """
            <body><p>it's</p>
            <script type="text/template"> eval(location.hash) </script>
            <SCRIPT data-a="1 > 0">
              var name = "<%= user %>" + {{ other }} + 1;
              document.getElementById("x").innerHTML = decodeURIComponent(location.hash.slice(1));
            </SCRIPT>
            """
        // What stands in the template itself is another rule's.
        let found = try analyse(text, language).findings.filter { $0.rule.hasPrefix("javascript") && $0.weakness == 79 }
        #expect(found.map(\.location.startLine) == [5])
        #expect(found.first?.evidence.firstLine == 3)
    }

    @Test func aSuppressionInAScriptIsUsed() throws {
        let text = """
            <script>
            // secorch:ignore javascript-eval -- only on the demo page
            function run(code) { (0, eval)(code); }
            </script>
            """
        let analysis = try analyse(text, "html")
        #expect(analysis.findings.map { $0.suppression != nil } == [true])
        #expect(analysis.idleSuppressions.isEmpty)
    }

    @Test(arguments: [
        "<% ", "<%", "<%=", "<% String s = \"", "<script", "<script>", "<%!%>", "${", "${param.", "<%--", "<%%>", "",
    ])
    func whatBreaksOffIsHarmless(text: String) throws {
        for language in ["jsp", "html", "ejs"] { #expect(try analyse(text, language).findings.isEmpty) }
    }
}
