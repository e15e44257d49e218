document.title = "Dial";
