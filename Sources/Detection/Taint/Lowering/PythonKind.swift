// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The cases are the grammar's own names.

/// The node kinds of Python's grammar that lowering knows.
enum PythonKind: String {
    // definitions
    case function_definition, class_definition, decorated_definition, decorator, default_parameter
    case typed_parameter, typed_default_parameter, list_splat_pattern, dictionary_splat_pattern
    // statements
    case block, expression_statement, if_statement, elif_clause, else_clause, for_statement, while_statement
    case try_statement, except_clause, except_group_clause, finally_clause, with_statement, with_clause, with_item
    case return_statement, raise_statement, break_statement, continue_statement, import_statement
    case import_from_statement, aliased_import, dotted_name, match_statement, case_clause, case_block, delete_statement
    case assert_statement, relative_import, wildcard_import, case_pattern
    // expressions
    case assignment, augmented_assignment, named_expression, call, argument_list, keyword_argument, attribute
    case subscript_ = "subscript", slice, string, concatenated_string, string_content, interpolation, escape_sequence
    case binary_operator, boolean_operator, not_operator, comparison_operator, unary_operator
    case conditional_expression, list, tuple, dictionary, pair, set, list_comprehension, set_comprehension
    case dictionary_comprehension, generator_expression, for_in_clause, if_clause, lambda, parenthesized_expression
    case await, list_splat, dictionary_splat, as_pattern, as_pattern_target, true_ = "true", false_ = "false"
    case nothing = "none", integer, float, identifier, pattern_list, tuple_pattern, list_pattern, expression_list, type,
        yield
    case format_specifier, type_conversion
}
