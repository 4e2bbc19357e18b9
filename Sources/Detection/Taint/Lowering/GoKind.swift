// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The cases are the grammar's own names.

/// The node kinds of Go's grammar that lowering knows.
enum GoKind: String {
    // declarations
    case package_clause, import_declaration, import_spec, import_spec_list, package_identifier, dot, blank_identifier
    case function_declaration, method_declaration, type_declaration, type_spec, type_alias, const_declaration
    case const_spec, var_declaration, var_spec, var_spec_list, parameter_declaration, variadic_parameter_declaration
    case parameter_list, field_declaration_list, field_declaration
    // types
    case type_identifier, qualified_type, pointer_type, slice_type, array_type, implicit_length_array_type, map_type
    case generic_type, parenthesized_type, channel_type, struct_type, interface_type, function_type
    // statements
    case block, expression_statement, short_var_declaration, assignment_statement, inc_statement, dec_statement
    case if_statement, for_statement, for_clause, range_clause, expression_switch_statement, expression_case
    case default_case, type_switch_statement, type_case, select_statement, communication_case, receive_statement
    case return_statement, go_statement, defer_statement, labeled_statement, break_statement, continue_statement
    case fallthrough_statement, send_statement, expression_list
    // expressions
    case identifier, field_identifier, selector_expression, call_expression, argument_list, variadic_argument
    case index_expression, slice_expression, type_assertion_expression, type_conversion_expression
    case composite_literal, literal_value, literal_element, keyed_element, func_literal, unary_expression
    case binary_expression, parenthesized_expression, interpreted_string_literal, raw_string_literal, int_literal
    case float_literal, rune_literal, true_ = "true", false_ = "false", nil_ = "nil", iota
}
