import Detection
import OrchestratorCore
import Testing

@Suite struct RubyFlowTests {
    private func analyse(
        _ code: String, path: String = "app/controllers/items_controller.rb", files: [String: String] = [:]
    ) throws -> FileAnalysis {
        try DataFlowProbe(DataFlowTests.rules.get(), files: files).analyse(code, "ruby", path: path)
    }

    /// Whether the SQL rule fires in a method after `name` came from a request.
    private func isReported(_ body: String) throws -> Bool {
        let code = "class ItemsController\ndef index\nname = params[:name]\n\(body)\nend\nend"
        return try analyse(code).findings.contains { $0.rule == "ruby-flow-sql-injection" }
    }

    @Test(arguments: [
        "User.where(\"name = '#{name}'\")",
        "sql = 'select '; sql += name; db.execute(sql)",
        "sql = +'select '; sql << name; db.execute(sql)",
        "db.execute('select %s' % name)",
        "db.execute('select %s, %s' % ['a', name])",
        "db.execute(format('select %s', name))",
        "parts = ['a']; parts << name; db.execute(parts.join(' '))",
        "h = { a: 'x', b: name }; db.execute(h[:b])",
        "a, b = 'x', name; db.execute(b)",
        "x = if flag then name else 'x' end\ndb.execute(x)",
        "x = case flag when 1 then 'x' else name end\ndb.execute(x)",
        "x = begin\n Integer(y)\nrescue ArgumentError\n name\nend\ndb.execute(x)",
        "x = y ? name : 'x'; db.execute(x)",
        "x ||= name; db.execute(x)",
        "[name].each do |item|\n db.execute(item)\nend",
        "items = [name].map { |item| item.strip }; db.execute(items.first)",
        "items = [name].map(&:strip); db.execute(items.first)",
        "text = [name].inject('select ') { |all, item| all + item }\ndb.execute(text)",
        "memo = [name].each_with_object([]) { |item, list| list << item }\ndb.execute(memo.first)",
        "text = ''\n['a', name].each { |item| text << item }\ndb.execute(text)",
        "x = cache.fetch('key') { name }\ndb.execute(x)",
        "x = name.tap { |text| puts text }\ndb.execute(x)",
        "x = name.then { |text| \"select #{text}\" }\ndb.execute(x)",
        "f = ->(text) { 'select ' + text }\ndb.execute(f.call(name))",
        "f = lambda { |text| 'select ' + text }\ndb.execute(f.(name))",
        "x = <<~SQL.squish\n  select #{name}\nSQL\ndb.execute(x)",
        "User\n  .where(active: true)\n  .order(name)",
        "User.order(name) if name",
        "name =~ /^[a-z]+$/ or return\ndb.execute(name)",
        "while x = step\n next if x\n s = name\nend\ndb.execute(s)",
        "{ key: name } => { key: }\ndb.execute(key)",
        "x = name&.downcase; db.execute(x)",
        "@order = name; render_list\nend\ndef render_list\n User.order(@order)",
        "User.order(column)\nend\ndef column\n params[:column] || 'id'",
        "list(order: name)\nend\ndef list(filter: nil, order: 'id')\n User.order(order)",
        "list(order: name)\nend\ndef list(options = {})\n User.order(options[:order])",
        "q = Query.new(name); User.order(q.text)\nend\nclass Query\ndef initialize(text)\n @text = text\nend\nattr_reader :text",
        "q = Pair.new('x', name); User.order(q.right)\nend\nPair = Struct.new(:left, :right)\ndef other",
        "User.order(Base.new.pick(name))\nend\nclass Up\ndef pick(x) = x\nend\nclass Base < Up\ndef pick(x) = super",
    ])
    func flowsAreFound(_ body: String) throws { #expect(try isReported(body)) }

    @Test(arguments: [
        "User.where('name = ?', name)",
        "User.where(name: name).where(['name = ?', name])",
        "db.execute(\"select #{name.to_i}\")",
        "db.execute('select %d' % name)",
        "db.execute(\"select #{Integer(name)}\")",
        "h = { a: 'x', b: name }; db.execute(h[:a])",
        "a, b = 'x', name; db.execute(a)",
        "return unless %w[a b].include?(name)\ndb.execute(name)",
        "return unless name.in?(%w[a b])\ndb.execute(name)",
        "raise 'no' unless name.match?(/\\A[a-z]+\\z/)\ndb.execute(name)",
        "return if name !~ /\\A\\w+\\z/\ndb.execute(name)",
        "name = name.gsub(/[^a-z]/, '')\ndb.execute(name)",
        "case name\nwhen 'a', 'b' then db.execute(name)\nend",
        "x = User.column_names.include?(name) ? name : 'id'\ndb.execute(x)",
        "x = { 'a' => 'b' }[name]; db.execute(x)",
        "ids = params[:ids].map(&:to_i); db.execute(ids.join(','))",
        "ids = params[:ids].map { |id| Integer(id) }; db.execute(ids.join(','))",
        "params[:sort] = 'id' unless %w[id name].include?(params[:sort])\nUser.order(params[:sort])",
        "user = User.find(name); db.execute(user.sql)",
        "User.where(\"name = #{connection.quote(name)}\")",
        "f = ->(x) { x.to_i }\ndb.execute(\"select #{f.call(name)}\")",
        "list('id', filter: name)\nend\ndef list(order, filter:)\n User.order(order)",
        "User.order(@sort)\nend\ndef other\n @other = params[:sort]",
        "conditions = { name: name }; User.where(conditions.merge(active: true))",
        "db.execute(name.present? ? 'a' : 'b')",
        "abort('bye'); db.execute(name)",
    ])
    func whatIsHarmlessIsNotReported(_ body: String) throws { #expect(try !isReported(body)) }

    @Test func filtersRunBeforeTheActionsTheyAreDeclaredFor() throws {
        func lines(_ condition: String) throws -> [Int] {
            try analyse(
                """
                class ItemsController < ApplicationController
                  before_action :load_order, \(condition)
                  def index
                    Item.order(@order)
                  end
                  def show
                    Item.order(@order)
                  end
                  private
                  def load_order
                    @order = params[:order]
                  end
                end
                """
            ).findings.map(\.location.startLine)
        }
        #expect(try lines("only: [:index]") == [4])
        #expect(try lines("except: :index") == [7])
    }

    @Test func classesOfOtherFilesAreFoundByTheirNames() throws {
        let files = [
            "app/models/big_item.rb": """
            class BigItem < ApplicationRecord
              scope :sorted, ->(column) { order("#{column} asc") }
              scope :numbered, ->(id) { where("id > #{id.to_i}") }
              def self.by(column) = sorted(column)
            end
            """,
            "spec/models/big_item.rb": "class BigItem\ndef self.by(column) = nil\nend",
            "app/controllers/application_controller.rb": """
            class ApplicationController < ActionController::Base
              def picked = params[:column]
            end
            """,
        ]
        func lines(_ call: String) throws -> [String] {
            let code = "class ItemsController < ApplicationController\ndef index\nparams[:id]\n\(call)\nend\nend"
            return try analyse(code, files: files).findings.map { "\($0.rule) \($0.location.startLine)" }
        }
        #expect(try lines("BigItem.sorted(params[:column])") == ["ruby-flow-sql-injection 4"])
        #expect(try lines("BigItem.by(picked)") == ["ruby-flow-sql-injection 4"])
        #expect(try lines("BigItem.numbered(picked)").isEmpty)
    }

    @Test func namesOfTheRequestMayBeMethodsOfTheClass() throws {
        func rules(_ line: String) throws -> [String] {
            let code = "class Search\n\(line)\ndef run\nItem.order(params[:order])\nend\nend"
            return try analyse(code, path: "app/services/search.rb").findings.map(\.rule)
        }
        #expect(try rules("attr_reader :params").filter { $0.contains("flow") }.isEmpty)
        #expect(try rules("").contains("ruby-flow-sql-injection"))
    }

    @Test func parametersOfRoutesAndRackAreSources() throws {
        let routes = try analyse("get '/:name' do |name|\n  \"<b>#{name}</b>\"\nend", path: "app.rb")
        #expect(routes.findings.map(\.rule) == ["ruby-flow-xss"])
        let rack = try analyse("class App\ndef call(env)\n eval(env['QUERY_STRING'])\nend\nend", path: "app.rb")
        #expect(rack.findings.map(\.rule) == ["ruby-flow-code-injection"])
    }

    @Test func aGuessGivesWayWhereTheValueIsKnown() throws {
        let known = try analyse("def a\n name = 'x'\n Item.order(\"#{name} asc\")\nend")
        #expect(known.findings.isEmpty)
        let open = try analyse("def a(name)\n Item.order(\"#{name} asc\")\nend")
        #expect(open.findings.map(\.rule) == ["ruby-sql-injection"])
    }

    @Test func aStatementInAChainIsFoundAtItsOwnLine() throws {
        let found = try analyse("def a\n  Item\n    .where(b: 1)\n    .order(\"#{params[:c]} asc\")\nend")
        #expect(found.findings.map { "\($0.rule) \($0.location.startLine)" } == ["ruby-flow-sql-injection 4"])
    }
}
