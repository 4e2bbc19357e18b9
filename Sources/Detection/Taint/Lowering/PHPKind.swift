// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The cases are the grammar's own names.

/// The node kinds of PHP's grammar that lowering knows.
enum PHPKind: String {
    // definitions
    case namespace_definition, namespace_use_declaration, namespace_use_clause, namespace_use_group
    case namespace_use_group_clause, namespace_aliasing_clause, namespace_name, qualified_name, name
    case function_definition, class_declaration, interface_declaration, trait_declaration, enum_declaration
    case method_declaration, property_declaration, property_element, property_initializer, const_declaration
    case const_element, use_declaration, base_clause, class_interface_clause, enum_case
    case simple_parameter, variadic_parameter, property_promotion_parameter, static_modifier, declaration_list
    // statements
    case compound_statement, colon_block, expression_statement, echo_statement, if_statement, else_if_clause
    case else_clause, switch_statement, switch_block, case_statement, default_statement, try_statement, catch_clause
    case finally_clause, foreach_statement, for_statement, while_statement, do_statement, return_statement
    case break_statement, continue_statement, unset_statement, global_declaration, function_static_declaration
    case static_variable_declaration, text_interpolation, php_tag, text, empty_statement, declare_statement
    // expressions
    case variable_name, dynamic_variable_name, subscript_expression, member_access_expression
    case nullsafe_member_access_expression, scoped_property_access_expression, class_constant_access_expression
    case function_call_expression, member_call_expression, nullsafe_member_call_expression, scoped_call_expression
    case object_creation_expression, arguments, argument, variadic_unpacking, variadic_placeholder, relative_scope
    case assignment_expression, reference_assignment_expression, augmented_assignment_expression, update_expression
    case binary_expression, unary_op_expression, conditional_expression, cast_expression, parenthesized_expression
    case match_expression, match_conditional_expression, match_default_expression, match_condition_list
    case array_creation_expression, array_element_initializer, list_literal, by_ref, pair, sequence_expression
    case anonymous_function_creation_expression, arrow_function, anonymous_function_use_clause
    case include_expression, include_once_expression, require_expression, require_once_expression
    case print_intrinsic, shell_command_expression, throw_expression, clone_expression, yield_expression
    // literals
    case string, string_value, encapsed_string, escape_sequence, heredoc, heredoc_body, nowdoc, nowdoc_body
    case integer, float, boolean, null
}
