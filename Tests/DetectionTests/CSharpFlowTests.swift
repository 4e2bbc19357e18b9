import Detection
import OrchestratorCore
import Testing

@Suite struct CSharpFlowTests {
    private func analyse(_ code: String, path: String = "src/Thing.cs", files: [String: String] = [:]) throws
        -> FileAnalysis
    {
        try DataFlowProbe(DataFlowTests.rules.get(), files: files).analyse(code, "csharp", path: path)
    }

    /// Whether the SQL rule fires in an action whose `name` comes from a request.
    private func isReported(_ body: String, members: String = "", files: [String: String] = [:]) throws -> Bool {
        let code = """
            using System;
            namespace App;
            public class ThingsController : Controller {
              \(members)
              [HttpGet("{name}")]
              public async Task<IActionResult> Show(string name, int number, CancellationToken token) {
                \(body)
              }
            }
            """
        return try analyse(code, files: files).findings.contains { $0.rule == "csharp-flow-sql-injection" }
    }

    @Test(arguments: [
        "new SqlCommand(\"select \" + name);",
        "var s = \"select \"; s += name; new SqlCommand(s);",
        "byte[] b = Encoding.UTF8.GetBytes(name); new SqlCommand(\"select \" + Encoding.UTF8.GetString(b));",
        "string s = $\"select {name}\"; await db.ExecuteSqlRawAsync(s);",
        "var s = $@\"select \"\"a\"\" {name:x}\"; new SqlCommand(s);",
        "new SqlCommand(string.Format(\"select {0}\", name));",
        "new SqlCommand(String.Concat(\"select \", name));",
        "new SqlCommand { CommandText = \"select \" + name };",
        "using var command = db.CreateCommand(); command.CommandText = name; command.ExecuteReader();",
        "SqlCommand command = new(name); ",
        "var s = name ?? \"x\"; new SqlCommand(s);",
        "string s = null; s ??= name; new SqlCommand(s);",
        "var s = name?.Trim()?.ToUpper(); new SqlCommand(s);",
        "var s = number > 3 ? name : \"x\"; new SqlCommand(s);",
        "var s = number switch { 1 => \"a\", _ => name }; new SqlCommand(s);",
        "string s; switch (number) { case 1: s = \"a\"; break; default: s = name; break; } new SqlCommand(s);",
        "if (name is string s) { new SqlCommand(s); }",
        "object o = name; new SqlCommand((string)o); ",
        "object o = name; new SqlCommand(o as string);",
        "var (a, b) = (\"x\", name); new SqlCommand(b);",
        "var list = new List<string> { \"x\", name }; new SqlCommand(list[1]);",
        "var map = new Dictionary<string, string> { [\"a\"] = name }; new SqlCommand(map[\"a\"]);",
        "if (Request.Query.TryGetValue(\"x\", out var value)) { new SqlCommand(value); }",
        "var all = names.Select(n => n + name).ToList(); new SqlCommand(string.Join(\",\", all));",
        "foreach (var key in Request.Form.Keys) { new SqlCommand(key); }",
        "string Build(string x) => \"select \" + x; new SqlCommand(Build(name));",
        "Func<string, string> f = x => \"select \" + x; new SqlCommand(f(name));",
        "try { await G(); name = name.Trim(); } catch (Exception e) { throw; } finally { H(); } new SqlCommand(name);",
        "using (var c = new SqlCommand(name)) { c.ExecuteNonQuery(); }",
        "new SqlCommand(HttpContext.Request.Headers[\"X-Name\"]);",
        "new SqlCommand(Request[\"name\"]);",
        "new SqlCommand(System.Web.HttpUtility.UrlDecode(name));",
        "db.Query<Thing>(\"select * from t where n = '\" + name + \"'\");",
    ])
    func flowsAreFound(_ body: String) throws { #expect(try isReported(body)) }

    @Test(arguments: [
        "new SqlCommand(\"select \" + number);",
        "name = \"x\"; new SqlCommand(name);",
        "var id = int.Parse(name); new SqlCommand(\"select \" + id);",
        "if (!Guid.TryParse(name, out Guid id)) { return BadRequest(); } new SqlCommand($\"select {id}\");",
        "if (!int.TryParse(name, out _)) { return BadRequest(); } new SqlCommand(name);",
        "if (name != \"asc\") { name = \"desc\"; } new SqlCommand(name);",
        "if (!new[] { \"a\", \"b\" }.Contains(name)) { return null; } new SqlCommand(name);",
        "if (!Regex.IsMatch(name, @\"^[a-z]+$\")) { return null; } new SqlCommand(name);",
        "var s = name switch { \"a\" => \"A\", _ => \"B\" }; new SqlCommand(s);",
        "if (name is \"a\" or \"b\") { new SqlCommand(name); }",
        "new SqlCommand($\"select {name.Length}\");",
        "var (a, b) = (\"x\", name); new SqlCommand(a);",
        "var map = new Dictionary<string, string> { [\"a\"] = \"x\", [\"b\"] = name }; new SqlCommand(map[\"a\"]);",
        "var dto = new Dto { A = \"x\", B = name }; new SqlCommand(dto.A);",
        "db.Things.FromSql($\"select {name}\");",
        "db.Database.ExecuteSqlInterpolated($\"select {name}\");",
        "db.Query<Thing>(\"select * from t where n = @name\", new { name });",
        "const bool off = false; if (off) { new SqlCommand(name); }",
        "throw new Exception(); new SqlCommand(name);",
        "new SqlCommand($\"select {nameof(name)}\");",
        "var c = new SqlCommand(\"select @n\"); c.Parameters.AddWithValue(\"@n\", name);",
        "switch (name) { case \"a\": new SqlCommand(name); break; }",
    ])
    func harmlessCodeIsNotReported(_ body: String) throws { #expect(try !isReported(body)) }

    @Test func fieldsAndPropertiesHoldWhatConstructorsPutThere() throws {
        let members = """
            class Text { private readonly string _text; public Text(string text) { _text = text; }
              public string All() { return _text; } public string None() => "x"; }
            public record Pair(string First, int Second);
            """
        #expect(try isReported("new SqlCommand(new Text(name).All());", members: members))
        #expect(try isReported("var p = new Pair(name, 1); new SqlCommand(p.First);", members: members))
        #expect(try !isReported("new SqlCommand(new Text(name).None());", members: members))
    }

    @Test func aBoundModelIsFollowedIntoItsPropertiesByTheirTypes() throws {
        let code = """
            [ApiController] public class C : ControllerBase {
              [HttpPost] public IActionResult Post([FromBody] Order order) {
                new SqlCommand("select " + order.PROPERTY);
              }
            }
            """
        let files = [
            "src/Models/Order.cs": "public class Order { public int Id { get; set; } public string Name { get; set; } }"
        ]
        for (property, isFound) in [("Id", false), ("Name", true)] {
            let rules = try analyse(code.replacing("PROPERTY", with: property), files: files).findings.map(\.rule)
            #expect(rules.contains("csharp-flow-sql-injection") == isFound, "\(property)")
        }
    }

    @Test func aCallThroughAnInterfaceReachesItsClass() throws {
        let files = [
            "src/Services/ThingStore.cs": """
            public class ThingStore : IThingStore {
              public object Find(string text) { return new SqlCommand("select " + text); }
              public object Safe(string text) { return new SqlCommand("select 1"); }
            }
            """,
            "src/Services/IThingStore.cs":
                "public interface IThingStore { object Find(string text); object Safe(string text); }",
        ]
        let members =
            "private readonly IThingStore _store; public ThingsController(IThingStore store) { _store = store; }"
        #expect(try isReported("return Ok(_store.Find(name));", members: members, files: files))
        #expect(try !isReported("return Ok(_store.Safe(name));", members: members, files: files))
    }

    @Test func servicesAndFrameworkObjectsAreNotFromOutside() throws {
        let code = """
            public class C : Controller {
              [HttpGet] public IActionResult Get([FromServices] Settings settings, IClock clock, CancellationToken token) {
                new SqlCommand(settings.Name + clock.Zone + token);
              }
              string Helper(string text) { new SqlCommand(text); return text; }
              [NonAction] public void Other(string text) { new SqlCommand(text); }
            }
            """
        #expect(try !analyse(code).findings.contains { $0.rule == "csharp-flow-sql-injection" })
    }

    @Test func pagesAndRoutesAreEntries() throws {
        let page = """
            public class IndexModel : PageModel {
              [BindProperty(SupportsGet = true)] public string Name { get; set; }
              [BindProperty] public int Number { get; set; }
              public void OnGet(string text) { new SqlCommand(USED); }
            }
            """
        for (used, isFound) in [("Name", true), ("text", true), ("\"a\" + Number", false)] {
            let rules = try analyse(page.replacing("USED", with: used)).findings.map(\.rule)
            #expect(rules.contains("csharp-flow-sql-injection") == isFound, "\(used)")
        }
        let route =
            "var app = Make(); app.MapPost(\"/x\", async (string a, int b) => { new SqlCommand(\"s\" + USED); });"
        for (used, isFound) in [("a", true), ("b", false)] {
            let rules = try analyse(route.replacing("USED", with: used)).findings.map(\.rule)
            #expect(rules.contains("csharp-flow-sql-injection") == isFound, "\(used)")
        }
    }

    @Test(arguments: [("text", true), ("count", false), ("parts[1]", true), ("parts[0]", false)])
    func primaryConstructorsAndCollectionExpressionsAreKnown(_ used: String, _ isFound: Bool) throws {
        let code = """
            public class Query(string text, int count) {
              public void Run() { string[] parts = ["a", text]; new SqlCommand("select " + \(used)); }
            }
            public class ThingsController(IThings things) : Controller {
              public IActionResult Show(string name) { new Query(name, 3).Run(); return things.All([.. name]); }
            }
            """
        #expect(try analyse(code).findings.contains { $0.rule == "csharp-flow-sql-injection" } == isFound)
    }

    @Test func deepNestingIsLeftOutNotFatal() throws {
        let deep = String(repeating: "(", count: 3000) + "name" + String(repeating: ")", count: 3000)
        _ = try isReported("new SqlCommand(\(deep));")
        let blocks = String(repeating: "if (a) { ", count: 400) + "F(name);" + String(repeating: " }", count: 400)
        _ = try isReported(blocks)
    }
}
