/// A file lowered from its language's tree into the few forms that data flow needs.
struct Program {
    var functions: [Function] = []
    var classes: [ClassForm] = []
    /// What runs when the file is loaded.
    var body: [Statement] = []
    /// Local names of what the file imports: `request` -> `flask.request`.
    var imports: [String: String] = [:]
    /// The nodes of all calls with the names called, and of creations with the types.
    var calls: [Int: String] = [:]
    var creations: [Int: String] = [:]
    /// Calls whose results come from elsewhere, since they are waited for.
    var awaited: Set<Int> = []
    /// Names that some function assigns without declaring them.
    var changeable: Set<String> = []
    /// Modules all of whose exports are exported again.
    var reexports: [String] = []
    /// The package it belongs to, and the full paths of those it imports by what they go by here: Go.
    var package = ""
    var packages: [String: String] = [:]
    /// False where something was nested too deeply to be lowered.
    var isWhole = true
}

/// A function, method, constructor or lambda.
struct Function {
    let name: String
    var node: Int
    var parameters: [Parameter] = []
    var body: [Statement] = []
    /// Index of the class it belongs to.
    var owner: Int?
    var isStatic = false
    /// The paths of its decorators or annotations: `app.route`, `GetMapping`.
    var marks: [String] = []
    var isConstructor = false
    /// The address it serves, as its one decorator says.
    var route: String?
    /// False for functions that are known only by what they are assigned to.
    var isNamed = true
    /// Sees the receiver of the function around it.
    var keepsReceiver = false
    /// Assigns variables of the functions around it.
    var changesOutside = false
    /// The methods that run before it: a controller's filters.
    var begins: [String] = []
    /// Names of its own: what it is made in has other variables of these names.
    var locals: Set<String> = []
}

struct Parameter {
    let name: String
    var node: Int
    var type: String?
    var marks: [String] = []
    var standard: Expression?
    /// Takes the remaining arguments.
    var isRest = false
}

/// A class with its fields' initial values.
struct ClassForm {
    let name: String
    var node: Int
    var supertypes: [String] = []
    var marks: [String] = []
    var fields: [Field] = []
    /// Declared elsewhere: only its methods are here.
    var isNameOnly = false
    /// Other files may declare more of it.
    var isPartial = false

    struct Field {
        let name: String
        let type: String?
        let value: Expression?
        /// Never assigned after its declaration.
        let isFixed: Bool
    }

    /// Adds fields by name and type: their values stand in another file.
    mutating func take(_ others: [Field]) {
        for field in others where !fields.contains(where: { $0.name == field.name }) {
            fields.append(Field(name: field.name, type: field.type, value: nil, isFixed: false))
        }
    }
}

struct Statement {
    let node: Int
    let form: Form

    indirect enum Form {
        case expression(Expression)
        case block([Statement])
        case branch(Expression, then: [Statement], otherwise: [Statement])
        /// `test` nil means for ever; `testsFirst` false for `do ... while`.
        case loop(test: Expression?, body: [Statement], step: [Statement], testsFirst: Bool)
        case forEach(target: Expression, type: String?, source: Expression, body: [Statement])
        case choose(Expression, [Case])
        case attempt(body: [Statement], handlers: [Handler], finally: [Statement])
        case leave(Expression?)
        case raise(Expression?)
        case stop
        case again
        /// Binds a nested function's name.
        case define(Int)
    }

    /// A case of a switch; no labels for the default.
    struct Case {
        let labels: [Expression]
        let body: [Statement]
        let fallsThrough: Bool
        /// True for patterns that cannot be compared.
        let isOpen: Bool
    }

    struct Handler {
        let name: String?
        let body: [Statement]
    }
}

struct Expression {
    let node: Int
    let form: Form

    indirect enum Form {
        case literal(Constant)
        case name(String)
        /// `this` and `self`.
        case receiver
        case member(Expression, String)
        case element(Expression, Expression)
        case slice(Expression, Expression?, Expression?)
        case call(Expression?, String, [Argument])
        /// Calls the value of an expression.
        case apply(Expression, [Argument])
        case create(String, [Argument])
        case binary(Operator, Expression, Expression)
        /// A long sum, flat: `a + b + c`.
        case sum([Expression])
        case not(Expression)
        case negative(Expression)
        case conditional(Expression, Expression, Expression)
        /// `value` is what is stored; `type` the declared type, if any.
        case assign(Expression, Expression, type: String?)
        case sequence([Expression])
        case mapping([(Expression, Expression)])
        /// Text with values in it: f-strings and templates.
        case text([Expression])
        case cast(String, Expression)
        case function(Int)
        /// Evaluates all parts; the result depends on each.
        case mixture([Expression])
        case comprehension(element: Expression, target: Expression, source: Expression, tests: [Expression])
    }

    enum Operator {
        case add, subtract, multiply, divide, floorDivide, remainder, power
        case equal, unequal, less, lessOrEqual, greater, greaterOrEqual
        case and, or
        case contains, lacks, same, other
    }
}

struct Argument {
    let name: String?
    let value: Expression
    var isSpread = false
    /// What is called may store into it: `&x`.
    var isAddress = false
}
