// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The cases are the grammar's own names.

/// The node kinds of C#'s grammar that lowering knows.
enum CSharpKind: String {
    // declarations
    case using_directive, namespace_declaration, file_scoped_namespace_declaration, declaration_list
    case enum_declaration, class_declaration, struct_declaration, interface_declaration, record_declaration,
        record_struct_declaration
    case method_declaration, constructor_declaration, field_declaration, property_declaration, accessor_list
    case accessor_declaration, arrow_expression_clause, constructor_initializer, parameter_list, parameter
    case implicit_parameter_list, attribute_list, attribute, modifier, equals_value_clause, generic_name
    case qualified_name, alias_qualified_name, predefined_type, nullable_type, array_type, primary_constructor_base_type
    // statements
    case global_statement, block, local_declaration_statement, variable_declaration, expression_statement
    case if_statement, switch_statement, switch_section, case_switch_label, case_pattern_switch_label
    case default_switch_label, for_statement, for_each_statement, while_statement, do_statement, try_statement
    case catch_clause, catch_declaration, finally_clause, using_statement, lock_statement, checked_statement
    case unsafe_statement, fixed_statement, return_statement, yield_statement, throw_statement, break_statement
    case continue_statement, labeled_statement, local_function_statement, empty_statement, goto_statement
    // expressions
    case identifier, this_expression, base_expression, parenthesized_expression, invocation_expression, argument
    case name_colon, declaration_expression, discard, member_access_expression, member_binding_expression
    case conditional_access_expression, element_access_expression, element_binding_expression
    case object_creation_expression, implicit_object_creation_expression, anonymous_object_creation_expression
    case array_creation_expression, implicit_array_creation_expression, initializer_expression, name_equals
    case binary_expression, prefix_unary_expression, postfix_unary_expression, assignment_expression
    case assignment_operator, conditional_expression, cast_expression, as_expression, is_expression
    case is_pattern_expression, constant_pattern, declaration_pattern, var_pattern, or_pattern, and_pattern
    case negated_pattern, switch_expression, switch_expression_arm, lambda_expression, anonymous_method_expression
    case await_expression, checked_expression, ref_expression, throw_expression, tuple_expression, tuple_pattern
    case type_of_expression, default_expression, size_of_expression
    case interpolated_string_expression, interpolation, interpolated_string_text, interpolated_verbatim_string_text
    case string_literal, verbatim_string_literal, raw_string_literal, character_literal, integer_literal, real_literal
    case boolean_literal, null_literal
}
