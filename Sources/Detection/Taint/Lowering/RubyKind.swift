// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The cases are the grammar's own names.

/// The node kinds of Ruby's grammar that lowering knows.
enum RubyKind: String {
    // definitions
    case class_ = "class", module, singleton_class, method, singleton_method, method_parameters, block_parameters
    case lambda_parameters, optional_parameter, keyword_parameter, splat_parameter, hash_splat_parameter
    case block_parameter, destructured_parameter, superclass, lambda
    // statements
    case body_statement, block_body, then, do_ = "do", begin, parenthesized_statements, else_ = "else", ensure, rescue
    case if_ = "if", unless, elsif, if_modifier, unless_modifier, while_ = "while", until, while_modifier
    case until_modifier, for_ = "for", in_ = "in", case_ = "case", case_match, when, in_clause, pattern
    case return_ = "return", next, break_ = "break", redo, retry, yield, rescue_modifier, empty_statement, alias
    case match_pattern, test_pattern, keyword_pattern, begin_block, undef
    // expressions
    case assignment, operator_assignment, left_assignment_list, right_assignment_list, rest_assignment
    case destructured_left_assignment, call, argument_list, block, do_block, block_argument, splat_argument
    case hash_splat_argument, pair, element_reference, scope_resolution, super_ = "super", self_ = "self", binary, unary
    case conditional, array, hash, range, identifier, constant, instance_variable, class_variable, global_variable
    case setter, operator_ = "operator"
    // literals
    case string, string_content, escape_sequence, interpolation, chained_string, subshell, heredoc_beginning
    case heredoc_body, heredoc_content, heredoc_end, string_array, symbol_array, bare_string, bare_symbol
    case simple_symbol, hash_key_symbol, delimited_symbol, regex, integer, float, character, nil_ = "nil"
    case true_ = "true", false_ = "false"
}
