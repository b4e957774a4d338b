import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'demo/', '.tools/', 'templates/', 'coverage/', 'test/assess/repositories/'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
  },
  {
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: ['**/generators/*'], message: 'src/ never imports generators/' }] },
      ],
    },
  },
  { files: ['generators/**', 'test/**'], rules: { 'no-restricted-imports': 'off' } },
);
