import Detection
import OrchestratorCore
import Testing

/// Data followed through interfaces into the classes that implement them, and through classes in several files.
@Suite struct ImplementerFlowTests {
    private func rules(_ code: String, _ language: String, path: String, files: [String: String]) throws -> Set<String>
    {
        let probe = try DataFlowProbe(DataFlowTests.rules.get(), files: files)
        return Set(probe.analyse(code, language, path: path).findings.map(\.rule))
    }

    private static let service = """
        package shop;
        public interface UserService { List<User> find(String name); }
        """
    private static let unsafe = """
        package shop;
        public class UserServiceImpl implements UserService {
          public List<User> find(String name) {
            return jdbcTemplate.queryForList("select * from users where name = '" + name + "'");
          }
        }
        """
    private static let safe = """
        package shop;
        public class CachedUserService implements UserService {
          public List<User> find(String name) { return cache.get(name); }
        }
        """
    private static let controller = """
        package shop;
        @RestController
        public class UserController {
          @Autowired private UserService service;
          @GetMapping("/find")
          List<User> find(@RequestParam String name) { return service.find(name); }
        }
        """

    @Test(arguments: [
        ["UserServiceImpl.java": unsafe], ["UserServiceImpl.java": unsafe, "CachedUserService.java": safe],
    ])
    func javaCallsOfAnInterfaceReachWhatImplementsIt(_ classes: [String: String]) throws {
        var files = classes.reduce(into: [:]) { $0["src/shop/" + $1.key] = $1.value }
        files["src/shop/UserService.java"] = Self.service
        let found = try rules(Self.controller, "java", path: "src/shop/UserController.java", files: files)
        #expect(found.contains("java-flow-sql-injection"))
    }

    @Test func classesThatDoNotImplementItAreNotEntered() throws {
        let files = [
            "src/shop/UserService.java": Self.service, "src/shop/CachedUserService.java": Self.safe,
            "src/shop/OldUserService.java": Self.unsafe.replacing(" implements UserService", with: ""),
        ]
        let found = try rules(Self.controller, "java", path: "src/shop/UserController.java", files: files)
        #expect(!found.contains("java-flow-sql-injection"))
    }

    @Test func cSharpReachesEveryImplementation() throws {
        let files = [
            "src/Data/IUserStore.cs": "namespace Shop; public interface IUserStore { DataSet Find(string name); }",
            "src/Data/NoUserStore.cs": """
            namespace Shop;
            public class NoUserStore : IUserStore { public DataSet Find(string name) { return null; } }
            """,
            "src/Data/SqlUserStore.cs": """
            namespace Shop;
            public class SqlUserStore : IUserStore {
              public DataSet Find(string name) {
                string sql = "select * from users where name = '" + name + "'";
                return Filled(new SqlDataAdapter(sql, connection));
              }
            }
            """,
        ]
        let code = """
            namespace Shop;
            public class UsersController : Controller {
              private readonly IUserStore store;
              public IActionResult Find(string name) { return View(store.Find(name)); }
            }
            """
        #expect(
            try rules(code, "csharp", path: "src/Web/UsersController.cs", files: files)
                .contains("csharp-flow-sql-injection"))
    }

    private static let page = """
        using System; using System.Web.UI;
        public partial class Search : System.Web.UI.Page {
          protected void Go(object sender, EventArgs e) { result.Text = "Nothing for " + name.Text; }
        }
        """

    @Test(arguments: [("Label", true), ("TextBox", false)])
    func controlsOfAPageAreKnownFromTheOtherHalfOfItsClass(_ shown: String, _ isFound: Bool) throws {
        let designer = """
            public partial class Search {
              protected global::System.Web.UI.WebControls.TextBox name;
              protected global::System.Web.UI.WebControls.\(shown) result;
            }
            """
        let found = try rules(
            Self.page, "csharp", path: "web/Search.aspx.cs", files: ["web/Search.aspx.designer.cs": designer])
        #expect(found.contains("csharp-flow-xss") == isFound)
    }

    @Test func fieldsOfTheSameClassNameInAnotherFolderSayNothing() throws {
        let designer = "public partial class Search { protected System.Web.UI.WebControls.TextBox name; }"
        let found = try rules(
            Self.page, "csharp", path: "web/Search.aspx.cs", files: ["other/Search.aspx.designer.cs": designer])
        #expect(!found.contains("csharp-flow-xss"))
    }
}
